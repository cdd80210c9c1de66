import { join } from 'node:path';
import type { Deployment } from '../../domain/deployment.ts';
import { readEnvToken, readEnvValue } from '../../domain/env-file.ts';
import { Failure } from '../../domain/failure.ts';
import { chooseProject } from '../../domain/project-name.ts';
import { Secret } from '../../domain/secret.ts';
import { readApplied } from '../applied-files.ts';
import { assertPlainFile, type ObservedFile } from '../planned-file.ts';
import type { InstallAnswers } from './answers.ts';
import {
  type CertificateSituation,
  decideCertificates,
  type FoundCertificate,
} from './certificate-decision.ts';
import type { InstallPorts } from './ports.ts';
import type { InstallWorld, ObservedSecretFile } from './world.ts';

/** Files of ours that are read as text; secrets are not among them. */
function textFiles(deployment: Deployment): readonly string[] {
  return [
    deployment.composeFile,
    join(deployment.dir, 'docker-compose.override.yaml'),
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

async function observeSecretFile(
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

/** A PEM file the operator named; it must be there. */
async function namedFile(
  ports: InstallPorts,
  path: string | undefined,
  flag: string,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await ports.files.readText(path);
  if (text !== undefined) return text;
  throw new Failure('file-unreadable', `The file given by ${flag} is not there.`, {
    found: `nothing at ${path}`,
    nextSteps: [`ls -l ${path}`, 'Paths count from the directory you typed the command in.'],
  });
}

function found(ports: InstallPorts, pem: string | undefined): FoundCertificate | undefined {
  return pem === undefined ? undefined : { pem, facts: ports.certificates.read(pem) };
}

/** The CA's key, opened; only called where something must be signed. */
async function openCaKey(
  ports: InstallPorts,
  path: string,
  ca: FoundCertificate | undefined,
  passphrase: Secret | undefined,
): Promise<Secret | undefined> {
  const text = await ports.files.readText(path);
  if (text === undefined) return undefined;
  const key = ports.certificates.decryptKey(new Secret(text), passphrase);
  if (ca && !ports.certificates.matches(ca.pem, key)) {
    throw new Failure('ca-key-mismatch', 'The CA’s key is not the key of its certificate.', {
      found: path,
      expected: `the key of the CA with fingerprint ${ca.facts.fingerprint}`,
      nextSteps: ['Name the right one with --ca-key FILE.'],
    });
  }
  return key;
}

async function observeCertificates(
  ports: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
  caPem: string | undefined,
  serverPem: string | undefined,
  serverKey: ObservedSecretFile | undefined,
) {
  const ca = found(ports, caPem);
  const offeredCa = found(
    ports,
    await namedFile(ports, answers.certificates.caCertificateFile, '--ca-cert'),
  );
  const server = found(ports, serverPem);
  const caKeyPath = answers.certificates.caKeyFile ?? deployment.caKey;
  const signer = ca ?? offeredCa;
  const situation: CertificateSituation = {
    domain: answers.domain,
    now: ports.clock.now(),
    ca,
    offeredCa,
    caKeyPath,
    caKeyPresent: (await ports.files.stat(caKeyPath)) !== undefined,
    caKeyElsewhere: caKeyPath !== deployment.caKey,
    server: server && {
      ...server,
      signedByCa: signer !== undefined && ports.certificates.isSignedBy(server.pem, signer.pem),
    },
    serverKeyPresent: serverKey !== undefined,
    serverKeyMatches:
      server && serverKey?.content
        ? ports.certificates.matches(server.pem, serverKey.content)
        : undefined,
  };
  const certificates = decideCertificates(situation);
  const { caRegistered, caPassphrase } = answers.certificates;
  if (caRegistered !== undefined && caRegistered !== signer?.facts.fingerprint) {
    throw new Failure(
      'ca-fingerprint-mismatch',
      'The CA that is said to be registered is not this deployment’s.',
      {
        found: signer ? `this CA: ${signer.facts.fingerprint}` : 'no CA here yet',
        expected: `certificates.caRegistered: ${caRegistered}`,
        nextSteps: signer
          ? [
              `openssl x509 -in ${deployment.caCertificate} -noout -fingerprint -sha256`,
              'Register that certificate in the Console, then give its fingerprint.',
            ]
          : [
              'Leave certificates.caRegistered out of the first run: it makes the CA and prints its fingerprint.',
            ],
      },
    );
  }
  const signs = certificates.issueServer || certificates.ca === 'certify-existing-key';
  return {
    ca,
    offeredCa,
    caKeyPath,
    certificates,
    caKey: signs ? await openCaKey(ports, caKeyPath, signer, caPassphrase) : undefined,
  };
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
