import { createSecureContext, type SecureContext } from 'node:tls';
import type { ContainerView } from '../container/container-view.ts';
import { goErrnoText } from '../container/errno.ts';
import type { ProxyLog } from './proxy-log.ts';

/** How often `tls.cert_file` is looked at. The real interval is undocumented (facts 4.1). */
const pollInterval = 1000;

/** The server certificate in use, replaced when its file changes. */
export interface ServerCertificate {
  current(): SecureContext;
  stop(): void;
}

/**
 * Loads certificate and key, then polls the certificate file. A pair that cannot be loaded later is
 * logged and the one in use stays (assumed).
 * @throws Error such as `open /data/tls.key: permission denied`.
 */
export async function loadServerCertificate(
  view: ContainerView,
  files: { readonly certFile: string; readonly keyFile: string },
  log: ProxyLog,
): Promise<ServerCertificate> {
  let certificate = await open(view, files.certFile);
  let context = pair(certificate, await open(view, files.keyFile));
  let timer: NodeJS.Timeout | undefined;

  const poll = async (): Promise<void> => {
    try {
      const found = await open(view, files.certFile);
      if (!found.equals(certificate)) {
        certificate = found;
        context = pair(found, await open(view, files.keyFile));
        log('info', 'tls certificate reloaded', { cert_file: files.certFile });
      }
    } catch (error) {
      log('error', 'tls certificate reload failed', { error: message(error) });
    }
    if (timer !== undefined) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => void poll(), pollInterval);
    timer.unref();
  };
  schedule();
  return {
    current: () => context,
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

async function open(view: ContainerView, path: string): Promise<Buffer> {
  try {
    return await view.readFile(path);
  } catch (error) {
    throw new Error(`open ${path}: ${goErrnoText(error)}`, { cause: error });
  }
}

function pair(cert: Buffer, key: Buffer): SecureContext {
  try {
    return createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new Error(`tls: failed to load key pair: ${message(error)}`, { cause: error });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
