import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { Endpoint } from '../../ports/engine.ts';
import { errnoOf, fileFailure } from '../file-failure.ts';

export interface EndpointSettings {
  /** DOCKER_HOST; blank counts as absent, as for the docker command. */
  readonly dockerHost?: string;
  /** DOCKER_CONTEXT. */
  readonly dockerContext?: string;
  /** DOCKER_CONFIG or `~/.docker`. */
  readonly configDir: string;
}

const defaultHost = 'unix:///var/run/docker.sock';

/**
 * The engine that the docker command would speak to: DOCKER_HOST, else DOCKER_CONTEXT, else the
 * current context of config.json, else the default socket.
 * @throws Failure `docker-remote` for anything but a unix socket (design 4: bind mounts are on the
 * engine's disk), `docker-failed` for an unknown context, `file-malformed` and `file-unreadable`
 * for the command's own files.
 */
export async function resolveEndpoint(settings: EndpointSettings): Promise<Endpoint> {
  if (settings.dockerHost) return local({ host: settings.dockerHost, source: 'DOCKER_HOST' });
  if (settings.dockerContext) {
    return ofContext(settings, settings.dockerContext, `DOCKER_CONTEXT ${settings.dockerContext}`);
  }
  const path = join(settings.configDir, 'config.json');
  const config = await readJson(path);
  const current = textAt(config, 'currentContext');
  return current === undefined || current === ''
    ? { host: defaultHost, source: 'default' }
    : ofContext(settings, current, `context ${current}`);
}

async function ofContext(
  { configDir }: EndpointSettings,
  name: string,
  source: string,
): Promise<Endpoint> {
  if (name === 'default') return { host: defaultHost, source };
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(configDir, 'contexts/meta', id, 'meta.json');
  const meta = await readJson(path);
  if (meta === undefined) {
    throw new Failure('docker-failed', `The Docker context "${name}" does not exist.`, {
      found: `${source}, and no ${path}`,
      expected: 'the name of a context that exists',
      nextSteps: [
        'docker context ls',
        source.startsWith('DOCKER_CONTEXT') ? 'unset DOCKER_CONTEXT' : 'docker context use default',
      ],
    });
  }
  const host = textAt(meta, 'Endpoints', 'docker', 'Host');
  if (host === undefined) throw malformed(path, 'it has no Endpoints.docker.Host');
  return local({ host, source });
}

function local(endpoint: Endpoint): Endpoint {
  if (endpoint.host.startsWith('unix:///')) return endpoint;
  throw new Failure('docker-remote', 'The Docker engine is not on this machine’s own socket.', {
    found: `${withoutPassword(endpoint.host)} (${endpoint.source})`,
    expected:
      'a unix socket of this machine: files written here are mounted into the containers from the engine’s own disk',
    nextSteps: [
      'To install on the machine of that engine: run mcp-tunnel there.',
      endpoint.source === 'DOCKER_HOST'
        ? 'To install here: unset DOCKER_HOST'
        : 'To install here: unset DOCKER_CONTEXT; docker context use default',
    ],
  });
}

function withoutPassword(host: string): string {
  return host.replace(/\/\/[^/@]*@/, '//…@');
}

function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return typeof at === 'string' ? at : undefined;
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    throw fileFailure('read', path, error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(path, 'it is not JSON', error);
  }
}

function malformed(path: string, problem: string, cause?: unknown): Failure {
  return new Failure(
    'file-malformed',
    `Cannot tell which Docker engine is meant: ${path} is damaged.`,
    {
      found: problem,
      expected: 'the file as the docker command writes it',
      nextSteps: ['docker context ls', `Repair ${path}, or move it away.`],
      cause,
    },
  );
}
