// Tells others of a report, by whatever the device has for that; where it has nothing, the address is copied.

export function share(button: HTMLButtonElement): void {
  const { address = '', copied = '' } = button.dataset;
  const url = new URL(address, location.href).href;
  button.hidden = !('share' in navigator) && !('clipboard' in navigator);
  button.addEventListener('click', () => {
    if ('share' in navigator) return void navigator.share({ url, title: document.title }).catch(() => undefined); // whoever closes it again has nothing to be told
    void navigator.clipboard.writeText(url).then(() => { button.textContent = copied; });
  });
}
