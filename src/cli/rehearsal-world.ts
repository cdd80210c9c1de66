import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileLocks } from '../adapters/file-locks.ts';
import { proxyTls } from '../adapters/proxy-tls.ts';
import { sdkMcpClient } from '../adapters/sdk-mcp-client.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemFiles } from '../adapters/system-files.ts';
import { systemHost } from '../adapters/system-host.ts';
import { systemNetwork } from '../adapters/system-network.ts';
import { systemPrograms } from '../adapters/system-programs.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { x509Certificates } from '../adapters/x509-certificates.ts';
import { composeFileNames, type Deployment, deploymentAt } from '../domain/deployment.ts';
import { readEnvToken } from '../domain/env-file.ts';
import { Failure } from '../domain/failure.ts';
import type { Account } from '../domain/schedule.ts';
import type { RawAnswers } from '../questions/question.ts';
import { programsIn } from '../simulator/rehearsal/place.ts';
import type { ProgramRole } from '../simulator/rehearsal/program-role.ts';
import { openRehearsal, type Rehearsal } from '../simulator/rehearsal.ts';
import { RehearsalScheduler } from '../simulator/rehearsal-scheduler.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import { assertDirectoryUsable } from '../steps/prerequisites/directory-check.ts';
import { simulatedConsole } from '../surfaces/wizard/resume-command.ts';
import { chooseDirectory } from './choose-directory.ts';
import type { ParsedArgv } from './parse-argv.ts';
import type { ProcessIo } from './process-io.ts';
import { programSource } from './program-source.ts';
import type { World, WorldRequest } from './world.ts';

const locks = fileLocks(systemClock, systemRandom);

/** The directory asked for, or one in a fresh folder that is kept. */
async function rehearsalDirectory(
  io: ProcessIo,
  argv: ParsedArgv,
): Promise<{ readonly dir: string; readonly fresh?: string }> {
  const given = argv.values.get('dir')?.[0];
  if (given !== undefined) return { dir: await chooseDirectory(systemFiles, io.cwd, given) };
  const place = await systemFiles.resolve(io.env['TMPDIR'] || tmpdir());
  const fresh = await mkdtemp(join(place, 'mcp-tunnel-rehearsal-'));
  return { dir: join(fresh, 'mcp-tunnel'), fresh };
}

/** A real deployment is never rehearsed on: its files would be taken for the rehearsal's. */
async function refuseRealDeployment(deployment: Deployment): Promise<void> {
  const { dir, dataDir, journal, rehearsalDir } = deployment;
  if (await systemFiles.stat(rehearsalDir)) return;
  const composeFiles = composeFileNames.map((name) => join(dir, name));
  const signs = [...composeFiles, dataDir, journal].map((path) => systemFiles.stat(path));
  if ((await Promise.all(signs)).every((found) => found === undefined)) return;
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

/** Bundles lie in dist/cli and dist/chunks, the simulator's programs in dist/simulator (scripts/build.mjs). */
function programsFolder(): string {
  const bundled = dirname(fileURLToPath(import.meta.url));
  return join(dirname(bundled), 'simulator');
}

/** What a rehearsal needs before a plan exists, held for this command alone. */
interface HeldState {
  /** Lets go of it; takes back what was made for it if the plan was never begun. */
  release(): Promise<void>;
}

/** The first thing a run that was consented to leaves is its journal, beside the rehearsal's folder. */
async function nothingBegun({ stateDir, rehearsalDir }: Deployment): Promise<boolean> {
  const names = await systemFiles.list(stateDir);
  return names.every((name) => name === basename(rehearsalDir));
}

async function holdState(deployment: Deployment, fresh: string | undefined): Promise<HeldState> {
  const made = fresh === undefined ? [] : [fresh];
  for (const path of [deployment.dir, deployment.stateDir, deployment.rehearsalDir]) {
    if (await systemFiles.makeDirectory(path, 0o700)) made.push(path);
  }
  const lockFile = join(deployment.rehearsalDir, 'lock');
  const lock = await locks.acquire(lockFile, 'rehearse install');
  return {
    async release() {
      // Without its mark the directory would pass for a real deployment: it goes only with everything else.
      const all = made.includes(deployment.rehearsalDir) && (await nothingBegun(deployment));
      const names = all ? await systemFiles.list(deployment.rehearsalDir) : [];
      for (const name of names.filter((each) => each !== basename(lockFile)))
        await rm(join(deployment.rehearsalDir, name), { recursive: true, force: true });
      await lock.release();
      if (!all) return;
      for (const path of made.toReversed()) await rmdir(path).catch(() => undefined);
    },
  };
}

/** Tunnel, token and CA registration of the simulated Console, where the operator gave none. */
function consoleAnswers(rehearsal: Rehearsal, raw: RawAnswers): RawAnswers {
  const source = simulatedConsole;
  const given = raw['domain']?.value;
  const known =
    typeof given === 'string' ? rehearsal.console.find(given) : rehearsal.console.list()[0];
  const tunnel =
    known ?? (given === undefined ? rehearsal.console.newTunnel('rehearsal') : undefined);
  if (!tunnel) return raw;
  const token = { value: rehearsal.console.revealToken(tunnel.id).reveal(), source };
  return { domain: { value: tunnel.domain, source }, token, ...raw };
}

async function tokenOnDisk({ dir }: Deployment): Promise<string | undefined> {
  const { layout, tunnelToken, envFile } = await deploymentOnDisk(systemFiles, dir);
  return layout.token.in === 'file'
    ? (await systemFiles.readText(tunnelToken))?.trim()
    : readEnvToken(await systemFiles.readText(envFile))?.reveal();
}

/**
 * The token after “Rotate token” in the simulated Console, where the operator gave none. It is
 * pressed once: what a rotation that was killed had not taken yet is given again.
 */
async function rotatedAnswers(
  rehearsal: Rehearsal,
  deployment: Deployment,
  raw: RawAnswers,
): Promise<RawAnswers> {
  const given = raw['domain']?.value;
  const tunnel = typeof given === 'string' ? rehearsal.console.find(given) : undefined;
  if (!tunnel || raw['token']) return raw;
  const current = await tokenOnDisk(deployment);
  const shown = rehearsal.console.revealToken(tunnel.id);
  const token = shown.reveal() === current ? rehearsal.console.rotateToken(tunnel.id) : shown;
  return { ...raw, token: { value: token.reveal(), source: simulatedConsole } };
}

/**
 * The simulator in place of Docker, the network and the vendor. The files it leads to are byte for
 * byte those of a real installation; whatever runs, ends with the command (design 7).
 */
export async function rehearsalWorld({ io, argv, chose }: WorldRequest): Promise<World> {
  const { dir, fresh } = await rehearsalDirectory(io, argv);
  chose(dir);
  const deployment = deploymentAt(dir);
  await refuseRealDeployment(deployment);
  // The flow checks it, too; but before that the rehearsal's own folder has to be made there.
  await assertDirectoryUsable(systemFiles, deployment);
  const state = await holdState(deployment, fresh);
  try {
    return await openWorld(io, argv, dir, state);
  } catch (error) {
    await state.release();
    throw error;
  }
}

/** Who rehearses, as a scheduler would know them. */
function operatorHere({ env }: ProcessIo): Account {
  const { uid, gid, username: name } = systemHost('');
  return { uid, gid, name, home: env['HOME'] || '/' };
}

async function openWorld(
  io: ProcessIo,
  argv: ParsedArgv,
  dir: string,
  state: HeldState,
): Promise<World> {
  // Filled once the answers are known: only hosts that the operator routes to are reached for real.
  const hosts: string[] = [];
  let resumed = false;
  const imageRoles: Record<string, ProgramRole> = {};
  const rehearsal = await openRehearsal({
    deploymentDir: dir,
    programs: programsIn(programsFolder(), process.execPath),
    imageRoles,
    outside: { network: systemNetwork, hosts },
  });
  return {
    dir,
    answer: async (raw) =>
      // Which hosts have the token is noted without rotating it once more.
      argv.command.name === 'rotate-token' && !argv.values.has('switched')
        ? await rotatedAnswers(rehearsal, deploymentAt(dir), raw)
        : consoleAnswers(rehearsal, raw),
    async rotateToken(domain) {
      const given = { domain: { value: domain, source: simulatedConsole } };
      return (await rotatedAnswers(rehearsal, deploymentAt(dir), given))['token'];
    },
    async ports({ routes, images }) {
      hosts.splice(0, hosts.length, ...routes.map((route) => route.upstream.host));
      for (const role of ['proxy', 'cloudflared', 'sample'] as const)
        imageRoles[images[role]] = role;
      // A dry run looks at the containers as they were left: starting them would leave traces.
      if (!argv.switches.get('dry-run') && !resumed) rehearsal.resume();
      resumed = true;
      return {
        files: systemFiles,
        ownedFiles: rehearsal.ownedFiles,
        engine: rehearsal.engine,
        compose: rehearsal.compose,
        certificates: x509Certificates(systemRandom),
        network: rehearsal.network,
        mcp: rehearsal.mcp(sdkMcpClient),
        proxyTls: rehearsal.proxyTls(proxyTls),
        registrar: rehearsal.registrar,
        vendorSide: rehearsal.vendorSide,
        scheduler: new RehearsalScheduler({
          root: join(deploymentAt(dir).rehearsalDir, 'host'),
          account: operatorHere(io),
        }),
        programs: systemPrograms({ ...programSource(), linkNode: true }),
        locks,
        clock: systemClock,
        host: systemHost(io.env['PATH'] ?? ''),
      };
    },
    async messages() {
      const { sdkMessagesApi } = await import('../adapters/sdk-messages-api.ts');
      const url = await rehearsal.messages();
      const name = 'simulated Messages API';
      const api = sdkMessagesApi({ url, name, proxy: {} });
      return { api, key: rehearsal.console.apiKey(), keyFrom: simulatedConsole };
    },
    async close() {
      await rehearsal.close();
      await state.release();
    },
  };
}
