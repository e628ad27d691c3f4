// Pages of people who sign in, and of the administration, load this beside `page`: their sheets, which nobody else waits for.
import '../styles/admin.css';
import '../styles/account.css';
import '../styles/data.css';
