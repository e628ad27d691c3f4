import { expect, test } from 'vitest';
import { boxQuery, readReport, viewQuery } from './report';

test.each([
  [{ west: 2.1234567, south: 48, east: 3, north: 49 }, 'bbox=2.123457,48,3,49'],
  [{ west: -300, south: -95, east: 100, north: 95 }, ''],
  [{ west: 170, south: 0, east: 185, north: 1 }, 'bbox=170,0,180,1'],
  [{ west: 178, south: 0, east: 190, north: 1 }, 'bbox=-180,0,-170,1'],
  [{ west: -190, south: 0, east: -181, north: 1 }, 'bbox=170,0,179,1'],
  [{ west: 362, south: 0, east: 363, north: 1 }, 'bbox=2,0,3,1'],
])('the box %o', (box, want) => {
  expect(boxQuery(box)).toBe(want);
});
test('a view and its filter', () => {
  expect(viewQuery({ west: 2, south: 48, east: 3, north: 49 }, { status: ['new'] })).toBe('bbox=2,48,3,49&status=new');
  expect(viewQuery({ west: -180, south: -90, east: 180, north: 90 }, {})).toBe('');
});
test('a report is read, with what it lacks left empty', () => {
  expect(readReport({ id: 3, title: 'Trou', support_count: 2, h3: '8d1', location: { type: 'Point', coordinates: [2, 48] } })).toEqual({
    id: 3, title: 'Trou', category: '', status: '', description: '', address: '', created: '', updated: '', supports: 2, cell: '8d1', lat: 48, lon: 2,
  });
});
test.each([[null], ['x'], [{}], [{ id: 3 }], [{ id: 3, location: null }], [{ id: 3, location: { coordinates: ['2', '48'] } }]])('%o is no report', (given) => {
  expect(readReport(given)).toBeUndefined();
});
