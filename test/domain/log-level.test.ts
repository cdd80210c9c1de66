import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAtLeast, isContinuation, lineLevel, logLevels } from '../../src/domain/log-level.ts';
import { anyText, expectNoHang } from './foreign-texts.ts';

describe('lineLevel', () => {
  test.each([
    // cloudflared
    ['2026-11-24T10:00:00Z DBG POST https://a/mcp HTTP/1.1', 'debug'],
    ['2026-11-24T10:00:00Z INF Registered tunnel connection', 'info'],
    ['2026-11-24T10:00:00Z WRN Your version is outdated', 'warning'],
    ['2026-11-24T10:00:00Z ERR Serve tunnel error error="INFO"', 'error'],
    ['2026-11-24T10:00:00Z FTL bye', 'error'],
    // JSON of the usual libraries
    ['{"level":"info","msg":"route configured"}', 'info'],
    ['{"time":"2026-11-24T10:00:00Z","level":"WARN","msg":"an ERROR of before"}', 'warning'],
    ['{"msg":"x", "severity" : "ERROR"}', 'error'],
    ['{"log.level":"debug"}', 'debug'],
    ['{"lvl":"fatal"}', 'error'],
    ['{"level":30,"pid":1}', 'info'],
    ['{"level":50,"pid":1}', 'error'],
    ['{"level":7,"pid":1}', undefined],
    ['{"level":"ERROR+2"}', 'error'],
    // logfmt
    ['level=info msg="request started"', 'info'],
    ['time=2026-11-24T10:00:00Z level=ERROR msg="upstream request failed"', 'error'],
    ['ts=1 lvl="warn" msg=x', 'warning'],
    // Python: uvicorn, logging, pip, a traceback
    ['INFO:     Uvicorn running on http://0.0.0.0:9000', 'info'],
    ['WARNING:root:careful', 'warning'],
    ['WARNING  Invalid Host header: a', 'warning'],
    ['2026-11-24 10:00:00,123 - mcp - ERROR - oh', 'error'],
    ['[11/24/26 10:00:00] INFO     Processing request', 'info'],
    ['ERROR: Could not find a version that satisfies the requirement mcp<2', 'error'],
    ['Traceback (most recent call last):', 'error'],
    ["ModuleNotFoundError: No module named 'mcp'", 'error'],
    ['pydantic_core._pydantic_core.ValidationError: 1 validation error', 'error'],
    // others
    ['panic: runtime error: index out of range', 'error'],
    ['fatal error: all goroutines are asleep', 'error'],
    ['[WARN] disk is slow', 'warning'],
    ['<ERR> old', 'error'],
    ['E1124 10:00:00.000000       1 main.go:1] oh', 'error'],
    ['I1124 10:00:00.000000       1 main.go:1] fine', 'info'],
    // none
    ['', undefined],
    ['Provided Tunnel token is not valid.', undefined],
    ['  File "/app/hello_server.py", line 1, in <module>', undefined],
    ['an error happened in the information desk', undefined],
    ['GET /ERRORS/INFORMATION', undefined],
    [`${'x '.repeat(60)}ERROR far behind`, undefined],
  ])('%s: %s', (text, level) => expect(lineLevel(text)).toBe(level));

  test('any text has one of the levels, or none', () =>
    fc.assert(
      fc.property(anyText, (text) => {
        expect([undefined, ...logLevels]).toContain(lineLevel(text));
      }),
    ));

  test('what follows a level at the beginning does not change it', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(
          ['2026-11-24T10:00:00Z WRN ', 'warning'],
          ['level=error msg=', 'error'],
          ['{"level":"info","msg":', 'info'],
          ['INFO:     ', 'info'],
        ),
        anyText,
        ([head = '', level], rest) => {
          expect(lineLevel(`${head}${rest}`)).toBe(level);
        },
      ),
    ));

  test('a JSON line has its level whatever stands before it in the object', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('msg', 'time', 'route'), anyText),
        fc.constantFrom('debug', 'info', 'warn', 'error'),
        (fields, level) => {
          const text = JSON.stringify({ ...fields, level });
          // A text in it may spell the field itself.
          fc.pre(!Object.values(fields).some((value) => value.includes('level')));
          expect(lineLevel(text)).toBe(level === 'warn' ? 'warning' : level);
        },
      ),
    ));

  test('a megabyte is no matter', () => {
    expectNoHang(lineLevel);
    expectNoHang((text) => lineLevel(`{"${text}`));
  });
});

test('levels are ordered', () => {
  expect(logLevels.filter((each) => isAtLeast(each, 'warning'))).toEqual(['warning', 'error']);
  expect(isAtLeast('debug', 'debug')).toBe(true);
});

test.each([
  ['    raise ValueError', true],
  ['\tat main.js:1', true],
  ['ValueError', false],
  ['   ', false],
  ['', false],
])('%j goes on with the line before: %s', (text, goesOn) =>
  expect(isContinuation(text)).toBe(goesOn),
);
