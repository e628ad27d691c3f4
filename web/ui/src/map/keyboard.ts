// Keys of the map view, only while it has the focus: arrows move, Shift moves finely, + and - zoom, Enter acts at the
// crosshair, ? explains, Escape goes back.

export type Command =
  | { do: 'pan'; x: number; y: number } // in screens' pixels
  | { do: 'zoom'; by: number }
  | { do: 'act' }
  | { do: 'help' }
  | { do: 'back' };

export const step = 100;
export const fineStep = 20;

const arrows: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** What a key means; undefined leaves it to the browser. */
export function command(event: Key): Command | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const arrow = arrows[event.key];
  if (arrow) {
    const by = event.shiftKey ? fineStep : step;
    return { do: 'pan', x: arrow[0] * by, y: arrow[1] * by };
  }
  switch (event.key) {
    case '+':
    case '=':
      return { do: 'zoom', by: 1 };
    case '-':
    case '_':
      return { do: 'zoom', by: -1 };
    case 'Enter':
      return { do: 'act' };
    case '?':
      return { do: 'help' };
    case 'Escape':
      return { do: 'back' };
    default:
      return undefined;
  }
}
