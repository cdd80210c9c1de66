import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What each layer may import (design 3); every layer may import itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  adapters: ['domain', 'ports'],
  simulator: ['domain', 'ports'],
  runner: ['domain', 'ports'],
  diagnosis: ['domain'],
  questions: ['domain'],
  steps: ['domain', 'ports', 'runner', 'diagnosis'],
  flows: ['domain', 'ports', 'runner', 'diagnosis', 'questions', 'steps'],
  surfaces: ['domain', 'ports', 'runner', 'diagnosis', 'questions', 'steps', 'flows'],
  cli: [
    'domain',
    'ports',
    'adapters',
    'simulator',
    'runner',
    'diagnosis',
    'questions',
    'steps',
    'flows',
    'surfaces',
  ],
};

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const files = [...sourcesBelow(join(root, 'src')), ...sourcesBelow(join(root, 'screens'))];

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/gu)].flatMap((match) =>
    match[1] ? [match[1]] : [],
  );
}

function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//u.exec(relative(root, path))?.[1];
}

describe('layers', () => {
  test('there is something to judge', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  test('imports go inwards only', () => {
    const broken = files.flatMap((file) => {
      const layer = layerOf(file);
      if (layer === undefined) return [];
      return importsOf(file)
        .filter((path) => path.startsWith('.'))
        .map((path) => ({ path, target: layerOf(resolve(dirname(file), path)) }))
        .filter(
          ({ target }) =>
            target !== undefined && target !== layer && !(allowed[layer] ?? []).includes(target),
        )
        .map(({ path }) => `${relative(root, file)} imports ${path}`);
    });
    expect(broken).toEqual([]);
  });

  test('the engine knows no React and no Ink', () => {
    const broken = files
      .filter((file) =>
        ['domain', 'ports', 'runner', 'steps', 'flows', 'questions', 'diagnosis'].includes(
          layerOf(file) ?? '',
        ),
      )
      .filter((file) => importsOf(file).some((path) => ['react', 'ink'].includes(path)));
    expect(broken).toEqual([]);
  });

  test('the environment is read in cli/ only (and in the simulator’s own programs)', () => {
    const broken = files
      .filter(
        (file) =>
          layerOf(file) !== 'cli' && !relative(root, file).startsWith('src/simulator/programs/'),
      )
      .filter((file) =>
        /process\.env\b|\benv\b.*from 'node:process'/u.test(readFileSync(file, 'utf8')),
      );
    expect(broken.map((file) => relative(root, file))).toEqual([]);
  });

  test('nothing asks whether it is under test', () => {
    const broken = files.filter((file) =>
      /VITEST|NODE_ENV|isUnitTest/u.test(readFileSync(file, 'utf8')),
    );
    expect(broken.map((file) => relative(root, file))).toEqual([]);
  });

  test('no file has more than one idea: 300 lines at most', () => {
    const long = files
      .map((file) => ({
        file: relative(root, file),
        lines: readFileSync(file, 'utf8').split('\n').length,
      }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  test('domain and steps do not touch the world', () => {
    const worldly = /^node:(fs|net|http|https|dgram|child_process|dns|tls|os|process|timers)/u;
    const broken = files
      .filter((file) =>
        ['domain', 'steps', 'flows', 'questions', 'diagnosis', 'runner'].includes(
          layerOf(file) ?? '',
        ),
      )
      .flatMap((file) =>
        importsOf(file)
          .filter((path) => worldly.test(path))
          .map((path) => `${relative(root, file)} imports ${path}`),
      );
    expect(broken).toEqual([]);
  });
});
