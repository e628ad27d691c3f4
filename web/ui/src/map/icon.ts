// Draws the map's own images: a disc with a shape for each state, and, when the picture asks for one, a ring whose arcs are the shares
// of the groups of states. Drawn
// here, because a sprite would be one more file to fetch and could not follow the reader's colours.
import { luminance, states, type Palette, type StateName } from './colour';

/** An image as MapLibre takes it, two device pixels to one of the page. */
export interface Image {
  name: string;
  data: ImageData;
}
export const pixelRatio = 2;

/** A ring's arcs come in twelfths: fine enough to see, few enough to keep. Rounded one by one, so their sum may differ from twelve. */
export const arcs = 12;

/** The groups of states that a ring tells apart, as the tiles count them, each in the colour of one of its states. */
export const groups = [
  { group: 'new', state: 'new', word: 'map.group.new' }, { group: 'active', state: 'planned', word: 'map.group.active' },
  { group: 'resolved', state: 'resolved', word: 'map.group.resolved' }, { group: 'closed_other', state: 'rejected', word: 'map.group.closed_other' },
] as const satisfies readonly { group: string; state: StateName; word: string }[];
const pointSize = 28;
const ringSize = 48;

// Shapes in a box of 16. `fill` or a line of width 2.
const shapes: Record<StateName, { path: string; fill?: true }> = {
  new: { path: 'M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7z', fill: true },
  acknowledged: { path: 'M8 3a5 5 0 0 0 0 10z', fill: true },
  planned: { path: 'M8 3l5 5l-5 5l-5-5z' },
  in_progress: { path: 'M5.5 3.5l7.5 4.5l-7.5 4.5z', fill: true },
  waiting: { path: 'M6 4v8M10 4v8' },
  resolved: { path: 'M3.5 8.5l3 3l6-7' },
  rejected: { path: 'M4.5 4.5l7 7M11.5 4.5l-7 7' },
  duplicate: { path: 'M3.5 3.5h6v6h-6zM6.5 6.5h6v6h-6z' },
  referred: { path: 'M3 8h9M8.5 4.5l3.5 3.5l-3.5 3.5' },
  reopened: { path: 'M4.2 5.5a4.6 4.6 0 1 1-.8 3.6M3.6 2.8v3.2h3.2' },
  withdrawn: { path: 'M8 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8z' },
};

function canvas(size: number): CanvasRenderingContext2D {
  const made = document.createElement('canvas');
  made.width = made.height = size * pixelRatio;
  const context = made.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.scale(pixelRatio, pixelRatio);
  return context;
}

function finish(name: string, size: number, context: CanvasRenderingContext2D): Image {
  return { name, data: context.getImageData(0, 0, size * pixelRatio, size * pixelRatio) };
}

function disc(context: CanvasRenderingContext2D, centre: number, radius: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(centre, centre, radius, 0, 2 * Math.PI);
  context.fill();
}

// A dark hairline around a light rim keeps every colour apart from every ground.
function point(state: StateName, colours: Palette): Image {
  const context = canvas(pointSize);
  const middle = pointSize / 2;
  disc(context, middle, 13, 'rgb(27 31 36 / 0.7)');
  disc(context, middle, 12.25, '#FFFFFF');
  disc(context, middle, 10.75, colours.state[state]);
  const shape = shapes[state];
  context.translate(middle - 8, middle - 8);
  context.fillStyle = context.strokeStyle = luminance(colours.state[state]) > 0.3 ? '#1B1F24' : '#FFFFFF';
  context.lineWidth = 2;
  context.lineCap = context.lineJoin = 'round';
  const path = new Path2D(shape.path);
  if (shape.fill) context.fill(path);
  else context.stroke(path);
  return finish(`point-${state}`, pointSize, context);
}

const ringName = /^ring-(\d+)-(\d+)-(\d+)-(\d+)$/;

/** The ring of a name such as ring-3-0-9-0, which says the twelfths of each group; undefined when the name is no ring's. */
export function ring(name: string, colours: Palette): Image | undefined {
  const shares = ringName.exec(name)?.slice(1).map(Number);
  if (!shares) return undefined;
  const total = Math.max(1, shares.reduce((sum, share) => sum + share, 0));
  const context = canvas(ringSize);
  const middle = ringSize / 2;
  disc(context, middle, 23.5, 'rgb(27 31 36 / 0.4)');
  disc(context, middle, 22.75, colours.card);
  context.lineWidth = 5;
  const gap = shares.filter((share) => share > 0).length > 1 ? 0.07 : 0; // radians between two arcs
  let at = -Math.PI / 2;
  groups.forEach(({ state }, i) => {
    const turn = ((shares[i] ?? 0) / total) * 2 * Math.PI;
    if (turn > 0) {
      context.strokeStyle = colours.state[state];
      context.beginPath();
      context.arc(middle, middle, 19, at + gap / 2, at + turn - gap / 2);
      context.stroke();
    }
    at += turn;
  });
  return finish(name, ringSize, context);
}

/** The images of the states in the given colours. */
export function images(colours: Palette): Image[] {
  return states.map((state) => point(state, colours));
}
