// Gives the screenshots a server with the demo town.
import type { TestProject } from 'vitest/node';
import { begin } from './server';

export default (project: TestProject) => begin(project, ['--demo']);
