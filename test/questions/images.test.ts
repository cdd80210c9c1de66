import { expect, test } from 'vitest';
import { images } from '../../src/questions/images.ts';
import { problemOf } from '../domain/foreign-texts.ts';

test.each<[unknown, object]>([
  ['proxy=mirror.example/p@sha256:ab', { proxy: 'mirror.example/p@sha256:ab' }],
  [
    { 'mcp-proxy': 'p:1', cloudflared: 'c:2', 'hello-mcp': 's:3' },
    { proxy: 'p:1', cloudflared: 'c:2', sample: 's:3' },
  ],
  [[], {}],
])('%j', (raw, value) => {
  expect(images.parse(raw)).toEqual({ ok: true, value });
});

test.each(['constructor', '__proto__', 'toString', 'Proxy', ''])('there is no image %j', (name) => {
  expect(problemOf(images.parse(JSON.parse(`{${JSON.stringify(name)}:"a"}`)))).toBe(
    `There is no image "${name}"; the roles are proxy, cloudflared, sample.`,
  );
});

test.each(['', '-v', '/etc', 'a b', 'a;b', `a${'b'.repeat(501)}`])(
  '%j is no image reference',
  (ref) => {
    expect(problemOf(images.parse({ sample: ref }))).toBe(
      'The reference for sample is no image reference (python:3.13-slim is one).',
    );
  },
);
