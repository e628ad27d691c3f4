import { afterEach, expect, test, vi } from 'vitest';
import { to } from './base';

afterEach(() => vi.unstubAllGlobals());

test('an address of our own stands below the base path of the page', () => {
  vi.stubGlobal('document', { querySelector: (query: string) => (query === 'meta[name="quartier-base"]' ? { content: '/quartier' } : null) });
  expect(to('/reports?status=open')).toBe('/quartier/reports?status=open');
});

test('a page that names none stands at the root', () => {
  vi.stubGlobal('document', { querySelector: () => null });
  expect(to('/reports')).toBe('/reports');
});
