import { effectiveAllowedIps } from '../../domain/allowed-ips.ts';
import { planComposeFile } from '../../domain/compose-file.ts';
import { services } from '../../domain/deployment.ts';
import { planEnvFile } from '../../domain/env-file.ts';
import { composeDefaultProject } from '../../domain/project-name.ts';
import { planProxyConfig } from '../../domain/proxy-config.ts';
import {
  gitignoreText,
  sampleServerText,
  serverExtensionsText,
} from '../../domain/static-files.ts';
import { toolVersion } from '../../domain/version.ts';
import { backupInto } from '../backup-file.ts';
import { type ObservedFile, planFile, type WantedFile, writePlannedFile } from '../planned-file.ts';
import type { InstallAnswers } from './answers.ts';
import type { InstallStep } from './step.ts';
import { storedAnswers } from './stored-answers.ts';
import { wantedToken } from './token.ts';
import type { InstallWorld } from './world.ts';

/** Where the proxy sees data/upstream-ca.crt (facts 4.6: `./data:/data:ro`). */
const upstreamCaInContainer = '/data/upstream-ca.crt';

function seen(world: InstallWorld, path: string): ObservedFile {
  return world.files.get(path) ?? { stat: undefined, text: undefined };
}

/** What Compose must be told by what `.env` holds: nothing, where the folder's name is enough. */
function envFile(answers: InstallAnswers, world: InstallWorld): WantedFile | undefined {
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

/** All text files of the deployment as they must be; pure. */
export function wantedFiles(answers: InstallAnswers, world: InstallWorld): readonly WantedFile[] {
  const { deployment } = world;
  const compose = planComposeFile(seen(world, deployment.composeFile).text, {
    images: answers.images,
    sampleServer: answers.sampleServer,
    tokenIn: answers.tokenIn,
    selinux: world.engine.selinux,
    toolVersion,
  });
  const allowed = effectiveAllowedIps({
    routes: answers.routes,
    explicit: answers.upstream.allowedIps,
    composeServices: [services.sample],
  });
  const proxy = planProxyConfig(seen(world, deployment.proxyConfig).text, {
    domain: answers.domain,
    routes: answers.routes,
    allowedIps: allowed.written,
    tls: {
      caFile: world.upstreamCa === undefined ? undefined : upstreamCaInContainer,
      includeSystemCas: answers.upstream.includeSystemCas,
    },
  });
  const proxyNotes = [...proxy.notes, ...allowed.added.map(({ cidr, why }) => `${cidr}: ${why}`)];
  const env = envFile(answers, world);
  return [
    {
      path: deployment.gitignore,
      text: gitignoreText(seen(world, deployment.gitignore).text),
      mode: 0o644,
      what: 'keeps secrets out of a repository',
    },
    {
      path: deployment.composeFile,
      text: compose.text,
      mode: 0o644,
      what: 'the stack',
      hidden: compose.literalTokens,
      ...(compose.notes.length === 0 ? {} : { why: compose.notes.join('; ') }),
    },
    ...(env ? [env] : []),
    {
      path: deployment.proxyConfig,
      text: proxy.text,
      mode: 0o644,
      what: 'routes and settings of the proxy',
      ...(proxyNotes.length === 0 ? {} : { why: proxyNotes.join('; ') }),
    },
    {
      path: deployment.serverExtensions,
      text: serverExtensionsText(answers.domain),
      mode: 0o644,
      what: 'for renewing by hand with openssl',
    },
    ...(world.upstreamCa === undefined
      ? []
      : [
          {
            path: deployment.upstreamCa,
            text: world.upstreamCa,
            mode: 0o644,
            what: 'CA of https upstreams',
          },
        ]),
    ...(answers.sampleServer
      ? [
          {
            path: deployment.sampleServer,
            text: sampleServerText,
            mode: 0o644,
            what: 'the sample MCP server',
          },
        ]
      : []),
    {
      path: deployment.answers,
      text: storedAnswers(answers, deployment),
      mode: 0o600,
      what: 'what you answered, without secrets',
    },
  ];
}

/** The text files a person reads and edits (design 5). */
export const files: InstallStep = {
  id: 'files',
  title: 'Files',
  plan: (answers, world) =>
    wantedFiles(answers, world).map((wanted) =>
      planFile(world.deployment.dir, wanted, seen(world, wanted.path)),
    ),
  async run({ answers, world, ports, undo, emit }) {
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
