// Pages of people who sign in, and of the administration, load this beside `page`: their sheets, which nobody else waits for.
import '../styles/admin.css';
import '../styles/account.css';
import '../styles/data.css';
import '../styles/retouch.css';

const photo = document.querySelector<HTMLFormElement>('form[data-retouch]');
if (photo) void import('../retouch/form').then(({ drawArea }) => { drawArea(photo); });
