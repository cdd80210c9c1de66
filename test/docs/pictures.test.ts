import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { terminalSvg } from '../../scripts/pictures/terminal-svg.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/pictures');
const pictures = readdirSync(folder);

test('the pictures are what the screens show; else: npm run pictures', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/pictures.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
    // Another person's shell makes no other pictures.
    env: { ...process.env, NO_COLOR: '1', TZ: 'Asia/Tokyo', COLUMNS: '40' },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
}, 30_000);

describe.each(pictures)('%s', (name) => {
  const svg = readFileSync(join(folder, name), 'utf8');

  test('is small and needs nothing but itself', () => {
    expect(svg.length).toBeLessThan(20_000);
    expect(svg).not.toMatch(/<script|<image|<foreignObject|@import|url\(|href/u);
  });

  test('has no address but its namespace and those that it shows', () => {
    const outside = svg.replaceAll(/<text[^>]*>[^<]*<\/text>/gu, '');
    expect(outside.match(/https?:[^"]*/gu)).toEqual(['http://www.w3.org/2000/svg']);
  });
});

describe('a frame as a picture', () => {
  const draw = (frame: string) => terminalSvg({ title: 'a < b', frame, columns: 20, rows: 2 });
  const texts = (frame: string) =>
    [...draw(frame).matchAll(/<text x="(\d+)" y="(\d+)" textLength="(\d+)"([^>]*)>([^<]*)</gu)].map(
      ([, ...parts]) => parts.join(' '),
    );

  test('every text has its place and its length in cells of 6 × 13', () => {
    expect(texts('ab cd  ef\n 漢x')).toEqual([
      '12 44 30  ab cd',
      '54 44 12  ef',
      '18 57 12  lengthAdjust="spacingAndGlyphs" 漢',
      '30 57 6  x',
    ]);
  });

  test('colours, weight and inverse text are those of the terminal', () => {
    expect(texts('\u001b[1mB\u001b[22m\u001b[32mg\u001b[39m')).toEqual([
      '12 44 6  font-weight="700" B',
      '18 44 6  fill="#6fd283" g',
    ]);
    expect(draw('\u001b[7m \u001b[27m')).toContain(
      '<rect x="12" y="34" width="6" height="13" fill="#dde3ea"/>',
    );
  });

  test('what means something in SVG is escaped', () => {
    expect(texts('<&>')).toEqual(['12 44 18  &lt;&amp;&gt;']);
    expect(draw('')).toContain('<title>a &lt; b</title>');
  });

  test('a sequence without a picture is no blank', () => {
    expect(() => draw('\u001b[4mu')).toThrow('no picture of SGR 4 yet');
  });
});
