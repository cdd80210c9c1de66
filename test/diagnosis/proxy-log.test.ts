import { expect, test } from 'vitest';
import { proxyLogBefore, readProxyLine } from '../../src/diagnosis/proxy-log.ts';

const second = (n: number) => new Date(Date.UTC(2026, 10, 24, 10, 0, n));
const read = (...lines: readonly string[]) =>
  lines.reduce(
    (log, text, index) => readProxyLine(log, { text, at: second(index) }, { install: 'x' }),
    proxyLogBefore,
  );

const call = 'level=info msg="request started" host=echo.abcd1234.tunnel.anthropic.com';
const unknownCa =
  'level=error msg="tls handshake failed" error="remote error: tls: unknown certificate authority"';

test('a call shows when it came', () => expect(read('', call).lastCall).toEqual(second(1)));

test('a refusal stands until a call comes through', () => {
  expect(read(call, unknownCa).refusal).toMatchObject({ id: 'ca-not-registered', at: second(1) });
  expect(read(call, unknownCa, call).refusal).toBeUndefined();
});

test('a certificate that was read again, in whatever words', () => {
  expect(read('{"level":"INFO","msg":"tls certificate reloaded"}').reloaded).toEqual(second(0));
  expect(read('level=info msg="Reloaded TLS certificate"').reloaded).toEqual(second(0));
  expect(read('level=error msg="tls certificate reload failed"').reloaded).toBeUndefined();
});
