import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogReader } from '../../../src/adapters/docker/log-frames.ts';
import { longestLine } from '../../../src/adapters/docker/log-lines.ts';
import type { LogLine } from '../../../src/ports/engine.ts';
import { frame } from './fake-engine.ts';

const stamp = '2026-11-24T02:25:44.903841014Z';
const at = new Date('2026-11-24T02:25:44.903Z');
const nanos = 841014;

function read(chunks: readonly Buffer[], tty = false): readonly LogLine[] {
  const reader = new LogReader(tty);
  return [...chunks.flatMap((chunk) => [...reader.push(chunk)]), ...reader.end()];
}

/** Cuts bytes at the given places, wrapped into range. */
function torn(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, i) =>
    bytes.subarray(i === 0 ? 0 : places[i - 1], end),
  );
}

describe('a log with frames', () => {
  test('keeps streams apart, and takes one timestamp off each line', () => {
    const log = Buffer.concat([
      frame(1, `${stamp} 2026-01-01T00:00:00Z INF Registered\n`),
      frame(2, `${stamp} to stderr\n`),
      frame(1, `${stamp} \n`),
    ]);
    expect(read([log])).toEqual([
      { stream: 'stdout', at, nanos, text: '2026-01-01T00:00:00Z INF Registered' },
      { stream: 'stderr', at, nanos, text: 'to stderr' },
      { stream: 'stdout', at, nanos, text: '' },
    ]);
  });

  test('reads timestamps with an offset, as of an engine in another time zone', () => {
    const log = frame(1, '2026-11-24T04:25:44.903841014+02:00 hello\n');
    expect(read([log])).toEqual([{ stream: 'stdout', at, nanos, text: 'hello' }]);
  });

  test('joins a line of which the engine made several stamped records, while the other stream goes on', () => {
    const log = Buffer.concat([
      frame(1, `${stamp} ${'x'.repeat(16384)}`),
      frame(2, `${stamp} meanwhile\n`),
      frame(1, `${stamp} y\n`),
    ]);
    expect(read([log])).toEqual([
      { stream: 'stderr', at, nanos, text: 'meanwhile' },
      { stream: 'stdout', at, nanos, text: `${'x'.repeat(16384)}y` },
    ]);
  });

  test('gives the last line without a newline, and says that it may go on', () => {
    expect(read([frame(1, `${stamp} whole\n`), frame(1, `${stamp} cut off`)])).toEqual([
      { stream: 'stdout', at, nanos, text: 'whole' },
      { stream: 'stdout', at, nanos, text: 'cut off', unfinished: true },
    ]);
  });

  test('what a start left unfinished does not run into the first line of the next', () => {
    const later = stamp.replace('44.', '45.');
    const log = [frame(1, `${stamp} panic: no newline`), frame(1, `${later} starting\n`)];
    expect(read(log).map(({ text }) => text)).toEqual(['panic: no newline', 'starting']);
  });

  test('a line whose full records have times of their own stays one line', () => {
    const later = stamp.replace('44.', '45.');
    const log = [frame(1, `${stamp} ${'x'.repeat(16384)}`), frame(1, `${later} y\n`)];
    expect(read(log).map(({ text }) => text.length)).toEqual([16385]);
  });

  test.each([
    ['2026-11-24T02:25:44Z', undefined],
    ['2026-11-24T02:25:44.903Z', undefined],
    ['2026-11-24T02:25:44.9031Z', 100_000],
    ['2026-11-24T02:25:44.903000007Z', 7],
  ])('%s leaves %s nanoseconds of the millisecond', (time, left) => {
    expect(read([frame(1, `${time} x\n`)])[0]?.nanos).toBe(left);
  });

  test('keeps lines without a timestamp whole', () => {
    expect(
      read([frame(1, 'no stamp\n'), frame(2, `${'z'.repeat(50)}\n`), frame(1, 'one\n')]).map(
        ({ text }) => text,
      ),
    ).toEqual(['no stamp', 'z'.repeat(50), 'one']);
  });

  test.each([
    '2026-11-24T02:25:44.903841O14Z letter in the fraction',
    '2026-11-24T02:25:44.903841014Zno space',
    '2026-13-45T99:25:44.903841014Z no such day',
    '2026-11-24 02:25:44.903841014Z no T at all',
  ])('does not take for a timestamp: %s', (text) => {
    expect(read([frame(1, `${text}\n`)])).toEqual([{ stream: 'stdout', at: undefined, text }]);
  });

  test('reads one timestamp after the other, whatever second each is of', () => {
    const stamps = ['44.903841014', '44.000000001', '45.5', '44.999999999', '46'];
    const log = stamps.map((second) => frame(2, `2026-11-24T02:25:${second}Z x\n`));
    expect(read(log).map((line) => [line.at?.toISOString().slice(17), line.nanos])).toEqual([
      ['44.903Z', 841014],
      ['44.000Z', 1],
      ['45.500Z', undefined],
      ['44.999Z', 999999],
      ['46.000Z', undefined],
    ]);
  });

  test('cuts a line that is too long, never inside a character, and says how much is missing', () => {
    const body = `x${'é'.repeat(longestLine)}`;
    const [line, next] = read([frame(1, `${stamp} ${body}\n`), frame(1, `${stamp} next\n`)]);
    const missing = Buffer.byteLength(body) - longestLine;
    expect(line?.text).toBe(`x${'é'.repeat(longestLine / 2 - 1)} […cut: ${missing} more bytes]`);
    expect(next?.text).toBe('next');
  });

  test('holds no more than the longest line of a line that never ends', () => {
    const reader = new LogReader(false);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 4096; i++)
      expect([...reader.push(frame(1, `${stamp} ${'x'.repeat(16384)}`))]).toEqual([]);
    const [line] = reader.end();
    expect(line?.text.endsWith(`[…cut: ${4096 * 16384 - longestLine} more bytes]`)).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * 1024 * 1024);
  });

  test('throws what the engine complains of', () => {
    expect(() => read([frame(3, 'Error grabbing logs: invalid character')])).toThrow(
      'Error grabbing logs: invalid character',
    );
    expect(() => read([Buffer.from('plain text, no frames')])).toThrow('unknown stream');
  });

  test('reads the same however the bytes are torn', () => {
    const record = fc.record({
      stream: fc.constantFrom<1 | 2>(1, 2),
      text: fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/\n/g, '')),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (records, cuts) => {
          const log = Buffer.concat(
            records.map(({ stream, text }) => frame(stream, `${stamp} ${text}\n`)),
          );
          expect(read(torn(log, cuts))).toEqual(
            records.map(({ stream, text }) => ({
              stream: stream === 1 ? 'stdout' : 'stderr',
              ...{ at, nanos, text },
            })),
          );
        },
      ),
    );
  });

  test('survives any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 5 }),
        (bytes, tty, cuts) => {
          try {
            read(torn(Buffer.from(bytes), cuts), tty);
          } catch (error) {
            expect(error).toMatchObject({ name: 'LogStreamError' });
          }
        },
      ),
    );
  });
});

test('a log of a terminal has no frames and ends its lines in CR LF', () => {
  const log = Buffer.from(`${stamp} one é\r\n${stamp} two\r\n`);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 10 }), (cuts) => {
      expect(read(torn(log, cuts), true)).toEqual([
        { stream: 'stdout', at, nanos, text: 'one é' },
        { stream: 'stdout', at, nanos, text: 'two' },
      ]);
    }),
  );
});
