import { join } from 'node:path';
import { createDocker } from '../adapters/docker/clients.ts';
import { fileLocks } from '../adapters/file-locks.ts';
import { proxyTls } from '../adapters/proxy-tls.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemFiles } from '../adapters/system-files.ts';
import { systemHost } from '../adapters/system-host.ts';
import { systemPrograms } from '../adapters/system-programs.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { systemScheduler } from '../adapters/system-scheduler.ts';
import { deploymentAt } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import { apiUrlOf, proxyVariables } from './api-options.ts';
import { chooseDirectory } from './choose-directory.ts';
import { programSource } from './program-source.ts';
import type { World, WorldRequest } from './world.ts';

/** This machine, its Docker Engine and its network. Heavy libraries are loaded when first used. */
export async function realWorld({ io, argv, chose }: WorldRequest): Promise<World> {
  const dir = await chooseDirectory(systemFiles, io.cwd, argv.values.get('dir')?.[0]);
  chose(dir);
  if (await systemFiles.stat(deploymentAt(dir).rehearsalDir)) {
    throw new Failure('rehearsal-mismatch', `${dir} is a rehearsal, not a deployment.`, {
      found: deploymentAt(dir).rehearsalDir,
      nextSteps: [
        `mcp-tunnel rehearse install --dir ${dir}`,
        'For the real thing choose another directory with --dir.',
      ],
    });
  }
  const { env } = io;
  const host = systemHost(env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin');
  const { DOCKER_HOST: dockerHost, DOCKER_CONTEXT: dockerContext } = env;
  const docker = createDocker({
    endpointSettings: {
      configDir: env['DOCKER_CONFIG'] || join(env['HOME'] || '/root', '.docker'),
      ...(dockerHost ? { dockerHost } : {}),
      ...(dockerContext ? { dockerContext } : {}),
    },
    env,
    host,
  });
  return {
    dir,
    answer: async (raw) => raw,
    async ports({ images }) {
      const [{ x509Certificates }, { systemNetwork }, { sdkMcpClient }] = await Promise.all([
        import('../adapters/x509-certificates.ts'),
        import('../adapters/system-network.ts'),
        import('../adapters/sdk-mcp-client.ts'),
      ]);
      return {
        files: systemFiles,
        ownedFiles: docker.ownedFiles({ deploymentDir: dir, image: images.proxy }),
        engine: docker.engine,
        compose: docker.compose,
        certificates: x509Certificates(systemRandom),
        network: systemNetwork,
        mcp: sdkMcpClient,
        proxyTls,
        scheduler: systemScheduler({ host, environment: env }),
        programs: systemPrograms(programSource()),
        locks: fileLocks(systemClock, systemRandom),
        clock: systemClock,
        host,
      };
    },
    async messages() {
      const { sdkMessagesApi } = await import('../adapters/sdk-messages-api.ts');
      return { api: sdkMessagesApi({ url: apiUrlOf(argv), proxy: proxyVariables(env) }) };
    },
    close: async () => undefined,
  };
}
