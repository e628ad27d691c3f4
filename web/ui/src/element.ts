// Makes elements. Text is always text, never markup, and styles are classes: the policy of our pages allows nothing else.

type Attributes = Record<string, string | number | boolean | undefined>;

/** An element with attributes (true: empty; false and undefined: absent) and children. */
export function element<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}
