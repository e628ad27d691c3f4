// On a telephone the header gives its place to the map; the button beside the search brings it back. It is left by Escape, by going on
// with Tab, or by a press elsewhere.

/** Makes the button open and close the header. */
export function startMenu(button: HTMLButtonElement, header: HTMLElement): void {
  const isOpen = () => button.getAttribute('aria-expanded') === 'true';
  const show = (on: boolean) => button.setAttribute('aria-expanded', String(document.body.classList.toggle('menu-open', on)));
  const close = () => {
    const within = header.contains(document.activeElement);
    show(false);
    if (within) button.focus();
  };
  header.id ||= 'site-header';
  button.setAttribute('aria-controls', header.id);
  button.addEventListener('click', () => {
    if (isOpen()) return close();
    show(true);
    header.querySelector<HTMLElement>('.site-nav a')?.focus();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !isOpen()) return;
    close();
    button.focus();
  });
  header.addEventListener('focusout', (event) => {
    const to = event.relatedTarget;
    if (isOpen() && to instanceof Node && to !== button && !header.contains(to)) show(false);
  });
  document.addEventListener('pointerdown', (event) => {
    if (!isOpen() || !(event.target instanceof Node) || header.contains(event.target) || button.contains(event.target)) return;
    close();
  });
}
