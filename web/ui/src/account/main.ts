// Pages of people who sign in, and of the administration, load this beside `page`: their sheets, which nobody else waits for.
import '../styles/admin.css';
import '../styles/account.css';
import '../styles/data.css';
import '../styles/retouch.css';
import '../styles/poster.css';

const photo = document.querySelector<HTMLFormElement>('form[data-retouch]');
if (photo) void import('../retouch/form').then(({ drawArea }) => { drawArea(photo); });

// What is made to be printed is printed by a button, too.
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => { print(); });
}
