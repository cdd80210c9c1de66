import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { InstallAnswers } from '../../../src/steps/install/answers.ts';
import { certificateAuthority } from '../../../src/steps/install/certificate-authority.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

async function begun(): Promise<InstallScene> {
  const scene = await InstallScene.make();
  await scene.run(answersOf(), directories);
  return scene;
}

async function textOf(path: string): Promise<string> {
  return (await systemFiles.readText(path)) ?? '';
}

const answersWith = (certificates: Partial<InstallAnswers['certificates']>) =>
  answersOf({ certificates });

describe('a new CA', () => {
  test('is planned with its kind and validity; neither file is ever undone', async () => {
    await using scene = await begun();
    const { caKey, caCertificate } = scene.deployment;
    expect(await scene.plan(answersOf(), certificateAuthority)).toEqual([
      {
        action: 'create',
        what: 'data/ca.key, CA private key',
        path: caKey,
        mode: '0600',
        undoable: false,
        why: 'no container can read it',
      },
      {
        action: 'create',
        what: 'data/ca.crt, CA certificate (p-256, 3650 days, CN=mcp-tunnel-ca)',
        path: caCertificate,
        mode: '0644',
        undoable: false,
      },
    ]);
  });

  test('is made, kept by the next run, and never written again', async () => {
    await using scene = await begun();
    const { caKey, caCertificate } = scene.deployment;
    await scene.run(answersOf(), certificateAuthority);
    expect(scene.events).toEqual([
      { type: 'file.written', path: caKey, mode: '0600' },
      { type: 'file.written', path: caCertificate, mode: '0644' },
    ]);
    const pem = await textOf(caCertificate);
    const key = await textOf(caKey);
    const facts = scene.certificates.read(pem);
    expect(facts).toMatchObject({ isCa: true, subject: expect.stringContaining('mcp-tunnel-ca') });
    expect(scene.certificates.matches(pem, new Secret(key))).toBe(true);
    expect((await systemFiles.stat(caKey))?.mode).toBe(0o600);
    expect((await systemFiles.stat(caCertificate))?.mode).toBe(0o644);
    const plan = await scene.plan(answersOf(), certificateAuthority);
    expect(plan.every(({ action }) => action === 'keep')).toBe(true);
    expect(plan.at(-1)?.what).toBe(
      `data/ca.crt, CA certificate ${facts.fingerprint.slice(0, 12)}…`,
    );
    await certificateAuthority.run(await scene.context(answersOf()));
    expect([await textOf(caCertificate), await textOf(caKey)]).toEqual([pem, key]);
  });

  test('can have its key elsewhere, encrypted there with the passphrase', async () => {
    await using scene = await begun();
    const caKeyFile = join(scene.outside, 'drive.key');
    const answers = answersWith({ caKeyFile, caPassphrase: new Secret('correct horse battery') });
    expect((await scene.plan(answers, certificateAuthority))[0]).toMatchObject({
      action: 'create',
      what: `${caKeyFile}, CA private key, encrypted`,
      path: caKeyFile,
    });
    await scene.run(answers, certificateAuthority);
    expect(await systemFiles.stat(scene.deployment.caKey)).toBeUndefined();
    const key = await textOf(caKeyFile);
    expect(key).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/u);
    const pem = await textOf(scene.deployment.caCertificate);
    const opened = scene.certificates.decryptKey(
      new Secret(key),
      new Secret('correct horse battery'),
    );
    expect(scene.certificates.matches(pem, opened)).toBe(true);
  });

  test('has its key in the open elsewhere where no passphrase is given', async () => {
    await using scene = await begun();
    const caKeyFile = join(scene.outside, 'drive.key');
    await scene.run(answersWith({ caKeyFile }), certificateAuthority);
    expect(await textOf(caKeyFile)).toMatch(/^-----BEGIN PRIVATE KEY-----\n/u);
  });
});

describe('what a killed run left', () => {
  test('a key without its certificate: the same key is certified', async () => {
    await using scene = await begun();
    const { caKey, caCertificate } = scene.deployment;
    await scene.run(answersOf(), certificateAuthority);
    const key = await textOf(caKey);
    await systemFiles.remove(caCertificate);
    expect((await scene.plan(answersOf(), certificateAuthority)).at(-1)).toEqual({
      action: 'create',
      what: 'data/ca.crt, CA certificate (p-256, 3650 days, CN=mcp-tunnel-ca)',
      path: caCertificate,
      mode: '0644',
      undoable: false,
      why: 'there is a key without its certificate',
    });
    await scene.run(answersOf(), certificateAuthority);
    expect(await textOf(caKey)).toBe(key);
    expect(scene.certificates.matches(await textOf(caCertificate), new Secret(key))).toBe(true);
  });

  test('the key is written before its certificate', async () => {
    await using scene = await begun();
    const written: string[] = [];
    scene.files = {
      ...systemFiles,
      write: (path, content, mode) => {
        written.push(path);
        return systemFiles.write(path, content, mode);
      },
    };
    await scene.run(answersOf(), certificateAuthority);
    expect(written).toEqual([scene.deployment.caKey, scene.deployment.caCertificate]);
  });
});

describe('a CA that is given', () => {
  test('is copied as it is, its key stays where it lies', async () => {
    await using scene = await begun();
    const { certificate, key } = await scene.certificates.issueCa({
      commonName: 'the company’s',
      keyType: 'p-256',
      days: 100,
      now: scene.clock.now(),
    });
    const given = {
      caCertificateFile: join(scene.outside, 'company.crt'),
      caKeyFile: join(scene.outside, 'company.key'),
    };
    await writeFile(given.caCertificateFile, certificate);
    await writeFile(given.caKeyFile, key.reveal());
    const answers = answersWith(given);
    expect(await scene.plan(answers, certificateAuthority)).toEqual([
      {
        action: 'create',
        what: 'data/ca.crt, CA certificate',
        path: scene.deployment.caCertificate,
        mode: '0644',
        undoable: false,
        why: 'given by --ca-cert',
      },
    ]);
    await scene.run(answers, certificateAuthority);
    expect(await textOf(scene.deployment.caCertificate)).toBe(certificate);
    expect(await systemFiles.stat(scene.deployment.caKey)).toBeUndefined();
  });
});
