// A small town of our own for the journeys: four zones, a few streets, 240 reports in clusters and on one spot. It is written as
// the files that an operator would import.

export const centre = { lat: 47.1234567, lon: 3.1234567 };
export const zoneSet = 'essai_quartiers';
/** Two streets that are easily mistaken for each other. */
export const streets = [
  { name: 'Rue des Essais', lat: centre.lat + 0.004, lon: centre.lon - 0.003 },
  { name: 'Allée des Essais', lat: centre.lat - 0.006, lon: centre.lon + 0.004 },
] as const;
const town = 'Essai-sur-Loire';
/** Where many reports share one coordinate. */
export const crowd = { lat: centre.lat - 0.01, lon: centre.lon + 0.012, count: 60 };

const zones = [
  ['nord-ouest', 'Nord-Ouest', -1, 0], ['nord-est', 'Nord-Est', 0, 0], ['sud-ouest', 'Sud-Ouest', -1, -1], ['sud-est', 'Sud-Est', 0, -1],
] as const;

/** The zones as GeoJSON: squares of 0.03 degrees around the centre. */
export function zoneFile(): string {
  const side = 0.03;
  const features = zones.map(([code, name, x, y]) => {
    const [west, south] = [centre.lon + x * side, centre.lat + y * side];
    const ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]];
    return { type: 'Feature', properties: { code, name }, geometry: { type: 'Polygon', coordinates: [ring] } };
  });
  return JSON.stringify({ type: 'FeatureCollection', features });
}

const kinds = [
  ['pothole', 'Nid-de-poule profond', 'new'], ['litter', 'Papiers sur la place', 'resolved'], ['lamp-out', 'Lampadaire éteint', 'in_progress'],
  ['tag', 'Tag sur un mur', 'acknowledged'], ['bulky-waste', 'Matelas sur le trottoir', 'resolved'], ['leak', 'Fuite au coin', 'rejected'],
] as const;

/** The reports in our own CSV form. */
export function reportFile(): string {
  const rows = ['id,category,service,status,title,description,address,zones,created_at,updated_at,closed_at,support_count,h3,source,url,lon,lat'];
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647; // the minimal standard generator
  for (let i = 1; i <= 240; i++) {
    const [category, title, status] = kinds[i % kinds.length] ?? kinds[0];
    const onCrowd = i <= crowd.count;
    const reach = i > 230 ? 0.002 : 0.05; // ten stand around the centre, the others all over the town
    const lat = onCrowd ? crowd.lat : centre.lat + (random() - 0.5) * reach;
    const lon = onCrowd ? crowd.lon : centre.lon + (random() - 0.5) * reach;
    const day = String((i % 28) + 1).padStart(2, '0');
    const created = `2024-03-${day}T09:00:00Z`;
    const closed = status === 'resolved' || status === 'rejected' ? `2024-04-${day}T15:30:00Z` : '';
    rows.push([
      i, category, '', status, title, `Observation numéro ${i}.`, `${i} rue des Essais`, '', created, closed || created, closed, 0, '', '', '',
      lon.toFixed(7), lat.toFixed(7),
    ].join(','));
  }
  return `${rows.join('\n')}\n`;
}

/** The streets' addresses in the form of the French national address base. */
export function addressFile(): string {
  const columns = ['id', 'id_fantoir', 'numero', 'rep', 'nom_voie', 'code_postal', 'code_insee', 'nom_commune', 'code_insee_ancienne_commune',
    'nom_ancienne_commune', 'x', 'y', 'lon', 'lat', 'type_position', 'alias', 'nom_ld', 'libelle_acheminement', 'nom_afnor', 'source_position',
    'source_nom_voie', 'certification_commune', 'cad_parcelles'];
  const rows = streets.flatMap((street, s) => [10, 12, 14].map((number, i) => {
    const values: Record<string, string> = {
      id: `58999_000${s + 1}_${String(number).padStart(5, '0')}`, numero: String(number), nom_voie: street.name, code_postal: '58999',
      code_insee: '58999', nom_commune: town, lon: (street.lon + (i - 1) * 0.0004).toFixed(6), lat: street.lat.toFixed(6),
    };
    return columns.map((column) => values[column] ?? '').join(';');
  }));
  return `${[columns.join(';'), ...rows].join('\n')}\n`;
}
