import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { KeyType } from '../../../src/domain/certificate.ts';
import type { IssuedPair } from '../../../src/ports/certificates.ts';
import { domain, makeCa, makeServer } from './issue.ts';

describe('a TLS handshake', () => {
  async function handshake(ca: string, server: IssuedPair, host: string): Promise<string> {
    const listener = createServer(
      { cert: server.certificate, key: server.key.reveal() },
      (socket) => socket.end(),
    );
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const { port } = address;
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca, servername: host });
    try {
      await once(socket, 'secureConnect');
      return socket.authorized ? `authorized ${socket.getProtocol()}` : 'not authorized';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    } finally {
      socket.destroy();
      listener.close();
    }
  }

  const pairs: readonly (readonly [KeyType, KeyType])[] = [
    ['rsa-2048', 'rsa-2048'],
    ['p-256', 'rsa-4096'],
    ['rsa-3072', 'p-256'],
  ];
  test.each(pairs)(
    'CA %s, server %s: a route’s name is trusted',
    async (caType, keyType) => {
      const ca = await makeCa({ keyType: caType });
      const server = await makeServer(ca, { keyType });
      expect(await handshake(ca.certificate, server, `echo.${domain}`)).toBe('authorized TLSv1.3');
    },
    60_000,
  );

  test('another name, or another CA, is not', async () => {
    const ca = await makeCa();
    const server = await makeServer(ca);
    expect(await handshake(ca.certificate, server, `a.b.${domain}`)).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    const other = await makeCa();
    expect(await handshake(other.certificate, server, `echo.${domain}`)).toBe(
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    );
  });
});
