import { systemFiles } from '../adapters/system-files.ts';
import { deploymentAt } from '../domain/deployment.ts';
import { readEnvToken } from '../domain/env-file.ts';
import { toolVersion } from '../domain/version.ts';
import { installQuestions } from '../questions/install-questions.ts';
import type { RawAnswers } from '../questions/question.ts';
import type { InstallSettings } from '../steps/install/ports.ts';
import { gatherAnswers } from './gather-answers.ts';
import type { ParsedArgv } from './parse-argv.ts';
import type { ProcessIo } from './process-io.ts';
import type { World } from './world.ts';

/** Longest wait for the connections; facts 11.9 has about 60 seconds. */
const startTimeoutMs = 60_000;

/** What `install` starts from, with a face or without. */
export interface InstallationInputs {
  readonly raw: RawAnswers;
  /** True if the deployment has a token: none must be given then. */
  readonly hasToken: boolean;
  readonly settings: InstallSettings;
}

/** argv that continues this deployment, for next steps. */
function selfCommand(self: readonly string[], argv: ParsedArgv, dir: string): readonly string[] {
  return [...self, ...(argv.rehearse ? ['rehearse'] : []), 'install', '--dir', dir];
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
  const deployment = deploymentAt(world.dir);
  const raw = await world.answer(
    await gatherAnswers(installQuestions, {
      argv,
      env: io.env,
      cwd: io.cwd,
      files: systemFiles,
      stored: deployment.answers,
      readStdin: io.readStdin,
    }),
  );
  const inFile = (await systemFiles.stat(deployment.tunnelToken)) !== undefined;
  const hasToken =
    inFile || readEnvToken(await systemFiles.readText(deployment.envFile)) !== undefined;
  return {
    raw,
    hasToken,
    settings: {
      apiUrl: argv.values.get('api-url')?.[0] ?? 'https://api.anthropic.com',
      toolVersion,
      self: selfCommand(io.self, argv, world.dir),
      rehearsal: argv.rehearse,
      startTimeoutMs,
    },
  };
}
