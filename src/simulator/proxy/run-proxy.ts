import type { ContainerView } from '../container/container-view.ts';
import { goErrnoText } from '../container/errno.ts';
import { forward } from './forward.ts';
import { ConfigError, type ProxyConfig, readConfig } from './proxy-config.ts';
import { proxyLog } from './proxy-log.ts';
import { loadServerCertificate, type ServerCertificate } from './server-certificate.ts';
import { tunnelListener } from './tunnel-listener.ts';

/** Where the image looks without `-config` (facts 4.3). */
const defaultConfigPath = '/etc/mcp-gateway/config.yaml';

export interface ProxyIo {
  readonly view: ContainerView;
  readonly writeLine: (line: string) => void;
  /** Resolves when the process is told to stop. */
  readonly stopped: Promise<void>;
}

/** Runs mcp-proxy until it is told to stop or cannot start. Returns its exit code. */
export async function runProxy(args: readonly string[], io: ProxyIo): Promise<number> {
  const startLog = proxyLog('info', io.writeLine);
  const fail = (message: string, error: unknown): number => {
    startLog('error', message, { error: error instanceof Error ? error.message : String(error) });
    return 1;
  };

  const flags = readFlags(args);
  if (typeof flags === 'string') {
    io.writeLine(flags);
    return 2;
  }
  let config: ProxyConfig;
  try {
    config = readConfig(await readText(io.view, flags.config), flags.tunnelDomain);
  } catch (error) {
    return fail('failed to load config', error);
  }
  const log = proxyLog(config.logLevel, io.writeLine);
  let certificate: ServerCertificate;
  let upstreamCa: Buffer | undefined;
  try {
    certificate = await loadServerCertificate(io.view, config, log);
    const caFile = config.upstreamTls?.caFile;
    upstreamCa = caFile === undefined ? undefined : await readFile(io.view, caFile);
  } catch (error) {
    return fail('failed to load tls files', error);
  }
  const listener = tunnelListener(certificate, log, (request, response) => {
    void forward(request, response, { config, view: io.view, log, upstreamCa });
  });
  try {
    await io.view.listen(listener.server, config.listenPort, config.listenHost);
  } catch (error) {
    certificate.stop();
    return fail(
      'failed to listen',
      new Error(`listen tcp :${config.listenPort}: ${goErrnoText(error)}`),
    );
  }
  // Not before: whoever waits for these lines calls next.
  for (const [key, upstream] of config.routes) {
    const host = key.includes('.') ? key : `${key}.${config.tunnelDomain}`;
    log('info', 'route configured', { host, upstream: upstream.href.replace(/\/$/, '') });
  }
  log('info', 'proxy listening', { addr: `${config.listenHost}:${config.listenPort}` });
  await io.stopped;
  log('info', 'shutting down', { timeout_ms: config.shutdownTimeout });
  certificate.stop();
  await listener.close(config.shutdownTimeout);
  return 0;
}

interface Flags {
  readonly config: string;
  readonly tunnelDomain?: string;
}

/** Go's flag syntax: one or two dashes, value after `=` or as the next argument. */
function readFlags(args: readonly string[]): Flags | string {
  let flags: Flags = { config: defaultConfigPath };
  for (let index = 0; index < args.length; index++) {
    const shape = /^--?([a-z-]+)(?:=(.*))?$/s.exec(args[index] ?? '');
    const name = shape?.[1];
    if (name !== 'config' && name !== 'tunnel-domain')
      return `flag provided but not defined: ${args[index]}`;
    const value = shape?.[2] ?? args[++index];
    if (value === undefined) return `flag needs an argument: -${name}`;
    flags = name === 'config' ? { ...flags, config: value } : { ...flags, tunnelDomain: value };
  }
  return flags;
}

async function readText(view: ContainerView, path: string): Promise<string> {
  return (await readFile(view, path)).toString('utf8');
}

async function readFile(view: ContainerView, path: string): Promise<Buffer> {
  try {
    return await view.readFile(path);
  } catch (error) {
    throw new ConfigError(`open ${path}: ${goErrnoText(error)}`, { cause: error });
  }
}
