import { planComposeFile } from '../../domain/compose-file.ts';
import { planEnvFile } from '../../domain/env-file.ts';
import { composeDefaultProject } from '../../domain/project-name.ts';
import {
  gitignoreText,
  isSampleServer,
  sampleServerText,
  serverExtensionsText,
} from '../../domain/static-files.ts';
import { toolVersion } from '../../domain/version.ts';
import { backupInto } from '../backup-file.ts';
import { type ObservedFile, planFile, type WantedFile, writePlannedFile } from '../planned-file.ts';
import type { InstallAnswers } from './answers.ts';
import { proxyConfigFile, upstreamCaFile } from './proxy-config-file.ts';
import type { InstallStep } from './step.ts';
import { storedAnswers } from './stored-answers.ts';
import { token, wantedToken } from './token.ts';
import type { InstallWorld } from './world.ts';

/** What decides how our files have to be. */
export type FileWorld = Pick<
  InstallWorld,
  'deployment' | 'found' | 'files' | 'project' | 'engine' | 'upstreamCa' | 'deployedToken'
>;

function seen(world: FileWorld, path: string): ObservedFile {
  return world.files.get(path) ?? { stat: undefined, text: undefined };
}

/** What Compose must be told by what `.env` holds: nothing, where the folder's name is enough. */
function envFile(answers: InstallAnswers, world: FileWorld): WantedFile | undefined {
  const { deployment, project } = world;
  const before = seen(world, deployment.envFile).text;
  const nameNeeded = composeDefaultProject(deployment.dir) !== project.name;
  const text = planEnvFile(before, {
    ...(nameNeeded ? { COMPOSE_PROJECT_NAME: project.name } : {}),
    TUNNEL_TOKEN: answers.tokenIn === 'env' ? wantedToken(answers, world) : undefined,
  }).reveal();
  if (text === '' && before === undefined) return undefined;
  const name = nameNeeded ? [`the project is ${project.name}, not the folder’s name`] : [];
  const token = answers.tokenIn === 'env' ? ['it holds the token'] : [];
  return {
    path: deployment.envFile,
    text,
    mode: 0o600,
    what: 'variables for Compose',
    secret: true,
    why: [...name, ...token].join('; ') || 'no token belongs in it',
  };
}

function composeFile(answers: InstallAnswers, world: FileWorld): WantedFile {
  const { deployment, found } = world;
  const compose = planComposeFile(seen(world, deployment.composeFile).text, {
    name: found.layout.composeFile,
    images: answers.images,
    sampleServer: answers.sampleServer,
    tokenIn: answers.tokenIn,
    selinux: world.engine.selinux,
    toolVersion,
  });
  return {
    path: deployment.composeFile,
    text: compose.text,
    mode: 0o644,
    what: 'the stack',
    hidden: compose.literalTokens,
    ...(compose.notes.length === 0 ? {} : { why: compose.notes.join('; ') }),
  };
}

/** A server of the operator's own under the sample's name is theirs. */
function sampleFile(answers: InstallAnswers, world: FileWorld): readonly WantedFile[] {
  const path = world.deployment.sampleServer;
  const { text } = seen(world, path);
  if (!answers.sampleServer) return [];
  const isTheirs = text !== undefined && !isSampleServer(text);
  return [
    isTheirs
      ? { path, text, mode: 0o644, what: 'an MCP server of your own: kept' }
      : { path, text: sampleServerText, mode: 0o644, what: 'the sample MCP server' },
  ];
}

/**
 * All text files of the deployment as they must be; pure. Where a stack made by hand becomes ours,
 * what its Compose file will name comes before it, and `.env`, which may lose the token, last.
 */
export function wantedFiles(answers: InstallAnswers, world: FileWorld): readonly WantedFile[] {
  const { deployment } = world;
  const gitignore = {
    path: deployment.gitignore,
    text: gitignoreText(seen(world, deployment.gitignore).text),
    mode: 0o644,
    what: 'keeps secrets out of a repository',
  };
  const env = envFile(answers, world);
  const stack = [composeFile(answers, world), ...(env ? [env] : [])];
  const rest = [
    proxyConfigFile(answers, world),
    {
      path: deployment.serverExtensions,
      text: serverExtensionsText(answers.domain),
      mode: 0o644,
      what: 'for renewing by hand with openssl',
    },
    ...upstreamCaFile(answers, world),
    ...sampleFile(answers, world),
    {
      path: deployment.answers,
      text: storedAnswers(answers, deployment),
      mode: 0o600,
      what: 'what you answered, without secrets',
    },
  ];
  const adopting = world.found.layout.byHand;
  return adopting ? [gitignore, ...rest, ...stack] : [gitignore, ...stack, ...rest];
}

/** True if the token leaves `.env`, or a container's environment, for its file. */
function tokenMoves(answers: InstallAnswers, world: InstallWorld): boolean {
  const isElsewhere = world.envToken !== undefined || world.found.layout.byHand;
  return answers.tokenIn === 'file' && world.token === undefined && isElsewhere;
}

/** The text files a person reads and edits (design 5). */
export const files: InstallStep = {
  id: 'files',
  title: 'Files',
  plan: (answers, world) =>
    wantedFiles(answers, world).map((wanted) =>
      planFile(world.deployment.dir, wanted, seen(world, wanted.path)),
    ),
  async run(context) {
    const { answers, world, ports, undo, emit } = context;
    // Where it was until now it is gone once these are written: no kill may fall between.
    if (tokenMoves(answers, world)) await token.run(context);
    const backup = backupInto(world.deployment, ports.files, ports.clock);
    for (const wanted of wantedFiles(answers, world)) {
      await writePlannedFile(wanted, seen(world, wanted.path), {
        files: ports.files,
        undo,
        emit,
        backup,
      });
    }
  },
};
