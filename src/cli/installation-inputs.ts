import { systemFiles } from '../adapters/system-files.ts';
import { type Deployment, services } from '../domain/deployment.ts';
import { readEnvToken } from '../domain/env-file.ts';
import { toolVersion } from '../domain/version.ts';
import { installQuestions } from '../questions/install-questions.ts';
import type { RawAnswers } from '../questions/question.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import { tokenOfContainer } from '../steps/install/observe-token.ts';
import type { InstallSettings } from '../steps/install/ports.ts';
import { answersOnDisk } from './answers-on-disk.ts';
import { gatherAnswers } from './gather-answers.ts';
import type { ParsedArgv } from './parse-argv.ts';
import { portNeedsAt } from './port-needs.ts';
import type { ProcessIo } from './process-io.ts';
import type { World } from './world.ts';

/** Longest wait for the connections; facts 11.9 has about 60 seconds. */
const startTimeoutMs = 60_000;

/** What `install` starts from, with a face or without. */
export interface InstallationInputs {
  readonly raw: RawAnswers;
  /** True if the deployment has a token: none must be given then. */
  readonly hasToken: boolean;
  /** True for an operation on a stack made by hand, which stays as it is whatever is thought of it. */
  readonly asItIs: boolean;
  readonly settings: InstallSettings;
}

/** argv that continues this deployment, for next steps. */
function selfCommand(self: readonly string[], argv: ParsedArgv, dir: string): readonly string[] {
  return [...self, ...(argv.rehearse ? ['rehearse'] : []), 'install', '--dir', dir];
}

/** In its file or in `.env`; of a stack made by hand also in its Compose file or the container alone. */
async function hasToken(deployment: Deployment, world: World): Promise<boolean> {
  const { layout, tunnelToken, envFile, dir } = deployment;
  if ((await systemFiles.stat(tunnelToken)) !== undefined || layout.token.in === 'compose')
    return true;
  if (readEnvToken(await systemFiles.readText(envFile)) !== undefined) return true;
  if (layout.token.in === 'file') return false;
  try {
    const ports = await world.ports(await portNeedsAt(dir));
    const [cloudflared] = await ports.engine.containers({
      workingDir: dir,
      service: services.cloudflared,
    });
    return (
      cloudflared !== undefined && (await tokenOfContainer(ports, cloudflared.id)) !== undefined
    );
  } catch {
    // Without Docker nothing goes on anyway; the checks say so better.
    return false;
  }
}

/**
 * Gathers the answers that were given and looks for a token that is there.
 * @throws Failure of `gatherAnswers`.
 */
export async function installationInputs({
  io,
  argv,
  world,
}: {
  readonly io: ProcessIo;
  readonly argv: ParsedArgv;
  readonly world: World;
}): Promise<InstallationInputs> {
  const deployment = await deploymentOnDisk(systemFiles, world.dir);
  const { byHand } = deployment.layout;
  const asItIs = byHand && argv.command.name !== 'install';
  const isAnswered = (await systemFiles.stat(deployment.answers)) !== undefined;
  const isThere = (await systemFiles.stat(deployment.proxyConfig)) !== undefined;
  const needsFiles = byHand || (!isAnswered && isThere && argv.command.name !== 'install');
  const raw = await world.answer(
    await gatherAnswers(installQuestions, {
      argv,
      env: io.env,
      cwd: io.cwd,
      files: systemFiles,
      stored: deployment.answers,
      readStdin: io.readStdin,
      ...(needsFiles ? { onDisk: () => answersOnDisk(systemFiles, deployment, { asItIs }) } : {}),
    }),
  );
  return {
    raw,
    asItIs,
    hasToken: await hasToken(deployment, world),
    settings: {
      apiUrl: argv.values.get('api-url')?.[0] ?? 'https://api.anthropic.com',
      toolVersion,
      self: selfCommand(io.self, argv, world.dir),
      rehearsal: argv.rehearse,
      startTimeoutMs,
      surroundings: {
        tmpdir: io.env['TMPDIR'] || undefined,
        dockerConfig: io.env['DOCKER_CONFIG'] || undefined,
      },
    },
  };
}
