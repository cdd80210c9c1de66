import type { Deployment } from '../../domain/deployment.ts';
import { readEnvToken, readEnvValue } from '../../domain/env-file.ts';
import { chooseProject } from '../../domain/project-name.ts';
import { Secret } from '../../domain/secret.ts';
import { readApplied } from '../applied-files.ts';
import { assertPlainFile, type ObservedFile } from '../planned-file.ts';
import type { InstallAnswers } from './answers.ts';
import { namedFile, observeCertificates } from './observe-certificates.ts';
import type { InstallPorts } from './ports.ts';
import type { InstallWorld, ObservedSecretFile } from './world.ts';

/** Files of ours that are read as text; secrets are not among them. */
function textFiles(deployment: Deployment): readonly string[] {
  return [
    deployment.composeFile,
    ...deployment.overrides,
    deployment.envFile,
    deployment.gitignore,
    deployment.proxyConfig,
    deployment.serverExtensions,
    deployment.sampleServer,
    deployment.answers,
    deployment.upstreamCa,
    deployment.caCertificate,
    deployment.serverCertificate,
  ];
}

async function observeFile(ports: InstallPorts, path: string): Promise<ObservedFile> {
  const stat = await ports.files.stat(path);
  assertPlainFile(path, stat);
  return { stat, text: stat && (await ports.files.readText(path)) };
}

/** A file of the containers’ user; its content only where it can be read. */
export async function observeSecretFile(
  ports: InstallPorts,
  path: string,
  readable: boolean,
): Promise<ObservedSecretFile | undefined> {
  const stat = await ports.files.stat(path);
  if (!stat) return undefined;
  assertPlainFile(path, stat);
  if (!readable) return { stat, owner: undefined, content: undefined };
  const owner = await ports.ownedFiles.owner(path);
  const bytes = await ports.ownedFiles.read(path);
  return { stat, owner, content: bytes && new Secret(Buffer.from(bytes).toString('utf8')) };
}

/** Reads this host, the engine and the deployment's directory; changes nothing. */
export async function observeInstall(
  ports: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
): Promise<InstallWorld> {
  const [engine, compose] = [await ports.engine.info(), await ports.compose.info()];
  const directories = new Map(
    await Promise.all(
      [
        deployment.dir,
        deployment.stateDir,
        deployment.configDir,
        deployment.dataDir,
        deployment.credentialsDir,
      ].map(async (path) => [path, await ports.files.stat(path)] as const),
    ),
  );
  const files = new Map(
    await Promise.all(
      textFiles(deployment).map(async (path) => [path, await observeFile(ports, path)] as const),
    ),
  );
  const refs = [
    answers.images.proxy,
    answers.images.cloudflared,
    ...(answers.sampleServer ? [answers.images.sample] : []),
  ];
  const images = new Map(
    await Promise.all(refs.map(async (ref) => [ref, await ports.engine.image(ref)] as const)),
  );
  const readable = images.get(answers.images.proxy) !== undefined || !ports.ownedFiles.needsImage;
  const everyone = await ports.engine.containers({});
  const project = chooseProject(
    deployment.dir,
    everyone,
    readEnvValue(files.get(deployment.envFile)?.text, 'COMPOSE_PROJECT_NAME'),
  );
  const serverKey = await observeSecretFile(ports, deployment.serverKey, readable);
  const token = await observeSecretFile(ports, deployment.tunnelToken, readable);
  return {
    deployment,
    now: ports.clock.now(),
    engine,
    compose,
    project,
    directories,
    files,
    images,
    token,
    deployedToken: token?.content
      ? new Secret(token.content.reveal().trim())
      : readEnvToken(files.get(deployment.envFile)?.text),
    serverKey,
    ...(await observeCertificates(
      ports,
      answers,
      deployment,
      files.get(deployment.caCertificate)?.text,
      files.get(deployment.serverCertificate)?.text,
      serverKey,
    )),
    upstreamCa: await namedFile(ports, answers.upstream.caFile, '--upstream-ca'),
    containers: everyone.filter(
      (container) =>
        container.project === project.name &&
        container.workingDir === deployment.dir &&
        !container.oneOff,
    ),
    applied: await readApplied(ports.files, deployment),
  };
}
