import { expect, test } from 'vitest';
import { findRoute } from '../../../src/simulator/proxy/find-route.ts';

const routes = new Map([
  ['echo', 1],
  ['echo.d.example', 2],
  ['docs', 3],
]);

test.each([
  ['echo.d.example', 2],
  ['DOCS.d.example:443', 3],
  ['docs.other.example', undefined],
  ['a.docs.d.example', undefined],
  ['docs', 3],
  ['', undefined],
])('%s', (host, found) => {
  expect(findRoute(host, routes, 'd.example')).toBe(found);
});
