// The fields of the form that hold the place: lat and lon, as text with seven decimals, which is what is stored.

export interface Spot {
  lat: number;
  lon: number;
}

/** A coordinate as the form and the database write it. */
export function written(degrees: number): string {
  return degrees.toFixed(7);
}

/** A coordinate as people type it, with a point or a comma; undefined when it is none. */
export function typed(text: string, limit: number): number | undefined {
  const plain = text.trim().replace(',', '.');
  if (!/^[+-]?\d+(\.\d+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Math.abs(value) <= limit ? value : undefined;
}

export class Fields {
  private readonly lat: HTMLInputElement | null;
  private readonly lon: HTMLInputElement | null;

  constructor(private readonly form: HTMLFormElement) {
    this.lat = this.input('lat');
    this.lon = this.input('lon');
  }

  /** The place that the fields name, if they do. */
  read(): Spot | undefined {
    const [lat, lon] = [typed(this.lat?.value ?? '', 90), typed(this.lon?.value ?? '', 180)];
    return lat === undefined || lon === undefined ? undefined : { lat, lon };
  }

  write(spot: Spot): void {
    if (this.lat) this.lat.value = written(spot.lat);
    if (this.lon) this.lon.value = written(spot.lon);
    this.form.dispatchEvent(new Event('placed')); // for whoever looks at the form: what a script writes is no input
  }

  /** Writes the address of the place, unless somebody typed another. The form keeps what was written, so that the next place may replace it. */
  fill(address: string): void {
    const [field, ours] = [this.address, this.input('near')];
    if (!field || (field.value !== '' && field.value !== ours?.value)) return;
    field.value = address;
    this.choose(address);
  }

  /** The address in the field is that of the place. */
  choose(address: string): void {
    const ours = this.input('near');
    if (ours) ours.value = address;
    this.form.dispatchEvent(new Event('placed'));
  }

  /** Calls back when somebody typed coordinates. */
  onTyped(heard: () => void): void {
    for (const input of [this.lat, this.lon]) input?.addEventListener('change', heard);
  }

  get address(): HTMLInputElement | null {
    return this.input('address');
  }

  private input(name: string): HTMLInputElement | null {
    const control = this.form.elements.namedItem(name);
    return control instanceof HTMLInputElement ? control : null;
  }
}
