import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileLocks } from '../adapters/file-locks.ts';
import { sdkMcpClient } from '../adapters/sdk-mcp-client.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemFiles } from '../adapters/system-files.ts';
import { systemHost } from '../adapters/system-host.ts';
import { systemNetwork } from '../adapters/system-network.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { x509Certificates } from '../adapters/x509-certificates.ts';
import { type Deployment, deploymentAt } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import type { RawAnswers } from '../questions/question.ts';
import { programsIn } from '../simulator/rehearsal/place.ts';
import type { ProgramRole } from '../simulator/rehearsal/program-role.ts';
import { openRehearsal, type Rehearsal } from '../simulator/rehearsal.ts';
import { chooseDirectory } from './choose-directory.ts';
import type { ParsedArgv } from './parse-argv.ts';
import type { ProcessIo } from './process-io.ts';
import type { World } from './run-install.ts';

const locks = fileLocks(systemClock, systemRandom);

/** The directory asked for, or a fresh one that is kept. */
async function rehearsalDirectory(io: ProcessIo, argv: ParsedArgv): Promise<string> {
  const given = argv.values.get('dir')?.[0];
  if (given !== undefined) return chooseDirectory(systemFiles, io.cwd, given);
  const place = await systemFiles.resolve(io.env['TMPDIR'] || tmpdir());
  return join(await mkdtemp(join(place, 'mcp-tunnel-rehearsal-')), 'mcp-tunnel');
}

/** A real deployment is never rehearsed on: its files would be taken for the rehearsal's. */
async function refuseRealDeployment({
  dir,
  composeFile,
  dataDir,
  rehearsalDir,
}: Deployment): Promise<void> {
  if (await systemFiles.stat(rehearsalDir)) return;
  const real = (await systemFiles.stat(composeFile)) ?? (await systemFiles.stat(dataDir));
  if (!real) return;
  throw new Failure(
    'rehearsal-mismatch',
    `${dir} is a real deployment; it cannot be rehearsed on.`,
    {
      expected: 'a directory that a rehearsal made, or none yet',
      nextSteps: [
        'mcp-tunnel rehearse install   (makes a fresh directory)',
        'Or name another one with --dir.',
      ],
    },
  );
}

/** Bundled simulator programs lie beside the program's own bundle. */
function programsFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const dist = here.endsWith('chunks') ? dirname(here) : here;
  return join(dist, 'simulator');
}

/** Makes what the rehearsal needs before a plan exists, and can take it back if nothing came of it. */
async function openState(deployment: Deployment): Promise<() => Promise<void>> {
  const made: string[] = [];
  for (const path of [deployment.dir, deployment.stateDir, deployment.rehearsalDir]) {
    if (await systemFiles.makeDirectory(path, 0o700)) made.push(path);
  }
  return async () => {
    if (!made.includes(deployment.rehearsalDir) || (await systemFiles.stat(deployment.composeFile)))
      return;
    for (const name of await systemFiles.list(deployment.rehearsalDir)) {
      const path = join(deployment.rehearsalDir, name);
      for (const inner of await systemFiles.list(path).catch(() => []))
        await systemFiles.remove(join(path, inner));
      await systemFiles.remove(path);
    }
    for (const path of made.toReversed()) await rmdir(path).catch(() => undefined);
  };
}

/** Tunnel, token and CA registration of the simulated Console, where the operator gave none. */
function consoleAnswers(rehearsal: Rehearsal, raw: RawAnswers): RawAnswers {
  const source = 'the simulated Console';
  const given = raw['domain']?.value;
  const known =
    typeof given === 'string' ? rehearsal.console.find(given) : rehearsal.console.list()[0];
  const tunnel =
    known ?? (given === undefined ? rehearsal.console.newTunnel('rehearsal') : undefined);
  if (!tunnel) return raw;
  const token = { value: rehearsal.console.revealToken(tunnel.id).reveal(), source };
  return { domain: { value: tunnel.domain, source }, token, ...raw };
}

/**
 * The simulator in place of Docker, the network and the vendor. The files it leads to are byte for
 * byte those of a real installation; whatever runs, ends with the command (design 7).
 */
export async function rehearsalWorld({
  io,
  argv,
}: {
  io: ProcessIo;
  argv: ParsedArgv;
}): Promise<World> {
  const dir = await rehearsalDirectory(io, argv);
  const deployment = deploymentAt(dir);
  await refuseRealDeployment(deployment);
  const takeBack = await openState(deployment);
  const lock = await locks.acquire(join(deployment.rehearsalDir, 'lock'), 'rehearse install');
  // Filled once the answers are known: only hosts that the operator routes to are reached for real.
  const hosts: string[] = [];
  const imageRoles: Record<string, ProgramRole> = {};
  const rehearsal = await openRehearsal({
    deploymentDir: dir,
    programs: programsIn(programsFolder(), process.execPath),
    imageRoles,
    outside: { network: systemNetwork, hosts },
  });
  return {
    dir,
    answer: async (raw) => consoleAnswers(rehearsal, raw),
    async ports({ routes, images }) {
      hosts.push(...routes.map((route) => route.upstream.host));
      for (const role of ['proxy', 'cloudflared', 'sample'] as const)
        imageRoles[images[role]] = role;
      rehearsal.resume();
      return {
        files: systemFiles,
        ownedFiles: rehearsal.ownedFiles,
        engine: rehearsal.engine,
        compose: rehearsal.compose,
        certificates: x509Certificates(systemRandom),
        network: rehearsal.network,
        mcp: rehearsal.mcp(sdkMcpClient),
        registrar: rehearsal.registrar,
        vendorSide: rehearsal.vendorSide,
        locks,
        clock: systemClock,
        host: systemHost(io.env['PATH'] ?? ''),
      };
    },
    async close() {
      await rehearsal.close();
      await lock.release();
      await takeBack();
    },
  };
}
