import { buffer } from 'node:stream/consumers';
import { Failure } from '../../domain/failure.ts';
import { processStart } from '../process-start.ts';
import type { DockerConnection } from './connection.ts';
import { statusOf, wordsOf } from './engine-failure.ts';

/** Value: the deployment's directory. */
export const helperLabel = 'dev.mcp-tunnel.helper';
/** Value: pid and start of the process that made the helper. */
const makerLabel = 'dev.mcp-tunnel.helper.process';

export interface HelperRequest {
  readonly deploymentDir: string;
  /** Folder of this machine that the helper sees as `helperMount`. */
  readonly folder: string;
  /** A local image, of any content: nothing in it is run. */
  readonly image: string;
  /** Relabel the mount for containers (SELinux), as `:z` does in Compose files. */
  readonly selinux: boolean;
}

export const helperMount = '/mcp-tunnel-owned';

/** A container that was created and is never started: the engine’s hand in a folder. */
export interface Helper {
  /** Unpacks a tar below an absolute path of the container. */
  put(path: string, tar: Buffer): Promise<void>;
  /** A path of the container as a tar; undefined if nothing is there. */
  get(path: string): Promise<Buffer | undefined>;
}

/** Gives a helper to `use`, and removes it whatever happens; helpers of dead processes go first. */
export async function withHelper<T>(
  connection: DockerConnection,
  request: HelperRequest,
  use: (helper: Helper) => Promise<T>,
): Promise<T> {
  await removeAbandoned(connection, request.deploymentDir);
  const id = await create(connection, request);
  try {
    return await use({
      put: (path, tar) =>
        connection.ask(async (docker, abortSignal) => {
          await docker.getContainer(id).putArchive(tar, { path, abortSignal });
        }),
      get: (path) =>
        connection.ask(async (docker, abortSignal) => {
          try {
            const stream = await docker.getContainer(id).getArchive({ path, abortSignal });
            return await buffer(stream);
          } catch (error) {
            if (statusOf(error) === 404) return undefined;
            throw error;
          }
        }),
    });
  } finally {
    await remove(connection, id);
  }
}

async function create(connection: DockerConnection, request: HelperRequest): Promise<string> {
  const { deploymentDir, folder, image, selinux } = request;
  const maker = `${process.pid} ${(await processStart(process.pid)) ?? ''}`;
  return connection.ask(async (docker, abortSignal) => {
    try {
      const container = await docker.createContainer({
        Image: image,
        Entrypoint: ['/mcp-tunnel-helper-is-never-started'],
        Cmd: [],
        NetworkDisabled: true,
        Labels: { [helperLabel]: deploymentDir, [makerLabel]: maker },
        HostConfig: {
          NetworkMode: 'none',
          // Only `Binds` can relabel; only `Mounts` takes any path and makes no missing folder.
          ...(selinux
            ? { Binds: [`${folder}:${helperMount}:z`] }
            : { Mounts: [{ Type: 'bind', Source: folder, Target: helperMount }] }),
        },
        abortSignal,
      });
      return container.id;
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      throw new Failure('image-not-found', `The image ${image} is not on this machine.`, {
        found: wordsOf(error),
        expected: 'a local image: owned files are written with its help',
        nextSteps: [`docker pull ${image}`, 'Then run the same command again.'],
        cause: error,
      });
    }
  });
}

async function removeAbandoned(connection: DockerConnection, deploymentDir: string): Promise<void> {
  const helpers = await connection.ask((docker, abortSignal) =>
    docker.listContainers({
      all: true,
      filters: { label: [`${helperLabel}=${deploymentDir}`] },
      abortSignal,
    }),
  );
  for (const { Id, Labels } of helpers) {
    const [pid, start] = (Labels[makerLabel] ?? '').split(' ');
    const alive = start !== '' && (await processStart(Number(pid))) === start;
    if (!alive) await remove(connection, Id);
  }
}

async function remove(connection: DockerConnection, id: string): Promise<void> {
  await connection.ask(async (docker) => {
    try {
      await docker.getContainer(id).remove({ force: true });
    } catch (error) {
      // Somebody else removes it, or has: 409 and 404.
      const status = statusOf(error);
      if (status !== 404 && status !== 409) throw error;
    }
  });
}
