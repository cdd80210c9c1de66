import { createConnection, type Socket } from 'node:net';
import type { ConnectAnswer } from '../ports/network.ts';
import { networkErrorCode } from './network-error-code.ts';

/** How long one address may stay silent before the next is tried beside it (RFC 8305, section 8). */
const nextAddressMs = 250;

/**
 * Connects over TCP to the addresses in turn, the next beside one that stays silent. The first to
 * accept wins; every connection is closed again. If none accepts, the code is the first refusal's,
 * which says more than silence; `timeout` if all stayed silent.
 * @throws RangeError for a port that is none.
 */
export async function connectAny(
  addresses: readonly string[],
  port: number,
  timeoutMs: number,
): Promise<ConnectAnswer> {
  const { promise, resolve } = Promise.withResolvers<ConnectAnswer>();
  const sockets: Socket[] = [];
  const refusals: string[] = [];
  const notAccepted = (): ConnectAnswer => ({ ok: false, code: refusals[0] ?? 'timeout' });
  let silence: NodeJS.Timeout | undefined;

  const tryAddress = (index: number) => {
    clearTimeout(silence);
    const address = addresses[index];
    if (address === undefined) return;
    const socket = createConnection({ host: address, port });
    sockets.push(socket);
    const tryNext = () => index + 1 === sockets.length && tryAddress(index + 1);
    socket.once('connect', () => resolve({ ok: true, address }));
    // Stays: a socket may fail again while it is destroyed, and an unheard error ends the process.
    socket.on('error', (error) => {
      refusals.push(networkErrorCode(error));
      if (refusals.length === addresses.length) resolve(notAccepted());
      else tryNext();
    });
    silence = setTimeout(tryNext, nextAddressMs);
  };

  const deadline = setTimeout(() => resolve(notAccepted()), timeoutMs);
  try {
    tryAddress(0);
    return await promise;
  } finally {
    clearTimeout(deadline);
    clearTimeout(silence);
    for (const socket of sockets) socket.destroy();
  }
}
