import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { InstallAnswers } from '../../../src/steps/install/answers.ts';
import { certificateAuthority } from '../../../src/steps/install/certificate-authority.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { serverCertificate } from '../../../src/steps/install/server-certificate.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

const answersWith = (certificates: Partial<InstallAnswers['certificates']>) =>
  answersOf({ certificates });

async function withCa(answers = answersOf()): Promise<InstallScene> {
  const scene = await InstallScene.make();
  await scene.run(answers, directories);
  await scene.run(answers, certificateAuthority);
  return scene;
}

describe('a file the operator named that is not there', () => {
  test.each([
    ['--ca-cert', (path: string) => answersWith({ caCertificateFile: path })],
    ['--upstream-ca', (path: string) => answersOf({ upstream: { caFile: path } })],
  ] as const)('%s', async (flag, answers) => {
    await using scene = await InstallScene.make();
    const path = join(scene.outside, 'gone.pem');
    await expect(scene.observe(answers(path))).rejects.toMatchObject({
      code: 'file-unreadable',
      exitCode: 3,
      summary: `The file given by ${flag} is not there.`,
      found: `nothing at ${path}`,
      nextSteps: [`ls -l ${path}`, 'Paths count from the directory you typed the command in.'],
    });
  });
});

describe('the word that a CA is registered', () => {
  test('of this CA is accepted', async () => {
    await using scene = await withCa();
    const { ca } = await scene.observe(answersOf());
    const caRegistered = ca?.facts.fingerprint;
    expect((await scene.observe(answersWith({ caRegistered }))).ca?.facts.fingerprint).toBe(
      caRegistered,
    );
  });

  test('of another CA is exit 2 and says how to compare', async () => {
    await using scene = await withCa();
    const { ca } = await scene.observe(answersOf());
    const caRegistered = 'ff'.repeat(32);
    await expect(scene.observe(answersWith({ caRegistered }))).rejects.toMatchObject({
      code: 'ca-fingerprint-mismatch',
      exitCode: 2,
      found: `this CA: ${ca?.facts.fingerprint}`,
      expected: `certificates.caRegistered: ${caRegistered}`,
      nextSteps: [
        `openssl x509 -in ${scene.deployment.caCertificate} -noout -fingerprint -sha256`,
        'Register that certificate in the Console, then give its fingerprint.',
      ],
    });
  });

  test('before there is a CA is exit 2, too', async () => {
    await using scene = await InstallScene.make();
    await expect(
      scene.observe(answersWith({ caRegistered: 'ff'.repeat(32) })),
    ).rejects.toMatchObject({
      code: 'ca-fingerprint-mismatch',
      exitCode: 2,
      found: 'no CA here yet',
      nextSteps: [
        'Leave certificates.caRegistered out of the first run: it makes the CA and prints its fingerprint.',
      ],
    });
  });

  test('that an earlier run was told is not held against another CA', async () => {
    await using scene = await withCa();
    const remembered = answersWith({ caRemembered: 'ff'.repeat(32) });
    await expect(scene.observe(remembered)).resolves.toMatchObject({
      certificates: { ca: 'keep' },
    });
  });
});

describe('the CA’s key', () => {
  test('of another CA is refused before anything is signed', async () => {
    await using scene = await withCa();
    const other = await scene.certificates.issueCa({
      commonName: 'other',
      keyType: 'p-256',
      days: 1,
      now: scene.clock.now(),
    });
    await systemFiles.write(scene.deployment.caKey, other.key.reveal(), 0o600);
    await expect(scene.observe(answersOf())).rejects.toMatchObject({
      code: 'ca-key-mismatch',
      exitCode: 3,
      found: scene.deployment.caKey,
      nextSteps: ['Name the right one with --ca-key FILE.'],
    });
  });

  test('is not opened where nothing must be signed: no passphrase is asked for', async () => {
    const passphrase = new Secret('correct horse battery');
    await using scene = await InstallScene.make();
    const caKeyFile = join(scene.outside, 'drive.key');
    const first = answersWith({ caKeyFile, caPassphrase: passphrase });
    await scene.run(first, directories);
    await scene.run(first, certificateAuthority);
    const later = answersWith({ caKeyFile });
    await expect(scene.observe(later)).rejects.toMatchObject({ code: 'ca-key-passphrase' });
    await scene.run(first, serverCertificate);
    const world = await scene.observe(later);
    expect(world.certificates).toMatchObject({ ca: 'keep', issueServer: false });
    expect(world.caKey).toBeUndefined();
  });

  test('that is wanted and is no key is told', async () => {
    await using scene = await withCa();
    await writeFile(scene.deployment.caKey, 'not a key\n');
    await expect(scene.observe(answersOf())).rejects.toMatchObject({ code: 'file-malformed' });
  });
});

test('the text of --upstream-ca becomes part of the world', async () => {
  await using scene = await InstallScene.make();
  const caFile = join(scene.outside, 'upstream.pem');
  await writeFile(caFile, 'PEM');
  expect((await scene.observe(answersOf({ upstream: { caFile } }))).upstreamCa).toBe('PEM');
});
