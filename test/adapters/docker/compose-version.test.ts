import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  composeOf,
  parseComposeVersion,
  requireUsable,
} from '../../../src/adapters/docker/compose-version.ts';

describe('the version Compose prints', () => {
  test.each([
    ['2.26.1-4', '2.26.1'],
    ['2.40.3-3', '2.40.3'],
    ['v2.24.5', '2.24.5'],
    ['Docker Compose version 2.26.1-4', '2.26.1'],
    ['Docker Compose version v2.24.5', '2.24.5'],
    ['1.29.2', '1.29.2'],
    ['5.2', '5.2.0'],
    [
      'docker-compose version 1.29.2, build unknown\ndocker-py version: 5.0.3\nCPython version: 3.11.2',
      '1.29.2',
    ],
    ['WARN[0000] something\n2.40.3-3', '2.40.3'],
  ])('%j is %s', (text, version) => {
    expect(parseComposeVersion(text)).toEqual({ ok: true, value: version });
  });

  test.each([
    '',
    'Define and run multi-container applications with Docker.\n\nUsage:\n  docker-compose [-f <arg>...] [--profile <name>...]\n',
    'podman-compose version 1.0.3\nusing podman version: 4.3.1',
    'docker-py version: 5.0.3',
    '1.2.3.4',
  ])('%j is none', (text) => {
    expect(parseComposeVersion(text)).toMatchObject({ ok: false });
  });

  test('is read out of any text without an error', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(9999), fc.nat(9999), fc.nat(9999), (noise, a, b, c) => {
        parseComposeVersion(noise);
        expect(parseComposeVersion(`${a}.${b}.${c}-4`)).toEqual({
          ok: true,
          value: `${a}.${b}.${c}`,
        });
      }),
    );
  });
});

describe('which Compose may be used', () => {
  const of = (version: string) => composeOf(version, ['docker-compose']);

  test('v2 with any engine, v1 with engines before 25', () => {
    expect(of('2.26.1').variant).toBe('v2');
    expect(of('5.2.0').variant).toBe('v2');
    expect(of('1.29.2').variant).toBe('v1');
    requireUsable(of('2.26.1'), '28.5.2');
    requireUsable(of('1.29.2'), '20.10.24+dfsg1');
    requireUsable(of('1.29.2'), '24.0.9');
  });

  test.each([
    ['1.29.2', '25.0.0'],
    ['1.29.2', '28.5.2+dfsg1'],
    ['1.25.0', '20.10.24'],
  ])('not %s with engine %s', (compose, engine) => {
    expect(() => requireUsable(of(compose), engine)).toThrow(
      expect.objectContaining({
        code: 'compose-too-old',
        nextSteps: expect.arrayContaining([expect.stringContaining('docker-compose-plugin')]),
      }),
    );
  });
});
