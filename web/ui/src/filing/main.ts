// The form that files a report, and the page of thanks that follows it.
import '../styles/filing.css';
import { eraseSent } from './draft';
import { start } from './form';
import { offerToShare } from './share';

const form = document.querySelector<HTMLFormElement>('form.filing:not([data-desk])');
if (form) void start(form);

if (document.querySelector('[data-filed]')) void eraseSent();

const button = document.querySelector<HTMLButtonElement>('.thanks-share');
if (button) offerToShare(button);
