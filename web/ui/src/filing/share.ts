// Tells others of a report, by whatever the device has for that; where it has nothing, the address is copied.

export function offerToShare(button: HTMLButtonElement): void {
  const { address = '', copied = '' } = button.dataset;
  const url = new URL(address, location.href).href;
  const { share, clipboard } = navigator as { share?: Navigator['share']; clipboard?: Clipboard }; // neither where the site is not secure
  button.hidden = !share && !clipboard;
  button.addEventListener('click', () => {
    if (share) return void share.call(navigator, { url, title: document.title }).catch(() => undefined); // whoever closes it again has nothing to be told
    void clipboard?.writeText(url).then(() => { button.textContent = copied; });
  });
}
