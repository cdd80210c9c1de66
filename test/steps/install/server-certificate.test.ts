import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { certificateAuthority } from '../../../src/steps/install/certificate-authority.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { serverCertificate } from '../../../src/steps/install/server-certificate.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf, domain } from '../../fakes/sample-answers.ts';

const answers = answersOf();
const owner = { uid: 65532, gid: 65532, mode: 0o400 };

async function withCa(): Promise<InstallScene> {
  const scene = await InstallScene.make();
  await scene.run(answers, directories, certificateAuthority);
  scene.events.length = 0;
  return scene;
}

async function withServer(): Promise<InstallScene> {
  const scene = await withCa();
  await scene.run(answers, serverCertificate);
  scene.events.length = 0;
  return scene;
}

async function textOf(path: string): Promise<string> {
  return (await systemFiles.readText(path)) ?? '';
}

describe('a first server certificate', () => {
  test('is planned with names, kind, validity, and whose the key is', async () => {
    await using scene = await withCa();
    expect(await scene.plan(answers, serverCertificate)).toEqual([
      {
        action: 'create',
        what: 'data/tls.key, private key of the server certificate',
        path: scene.deployment.serverKey,
        mode: '0400',
        owner: '65532',
        undoable: false,
      },
      {
        action: 'create',
        what: `data/tls.crt, server certificate for *.${domain} (p-256, 90 days)`,
        path: scene.deployment.serverCertificate,
        mode: '0644',
        undoable: false,
        why: 'there is none yet',
      },
    ]);
  });

  test('is signed by the CA; its key comes first and is the containers’ alone', async () => {
    await using scene = await withCa();
    const { serverKey, serverCertificate: certificate, caCertificate } = scene.deployment;
    await scene.run(answers, serverCertificate);
    expect(scene.events).toEqual([
      { type: 'file.written', path: serverKey, mode: '0400', owner: '65532' },
      { type: 'file.written', path: certificate, mode: '0644' },
    ]);
    const pem = await textOf(certificate);
    expect(scene.certificates.isSignedBy(pem, await textOf(caCertificate))).toBe(true);
    expect(scene.certificates.read(pem).dnsNames).toEqual([domain, `*.${domain}`]);
    const key = await scene.ownedFiles.read(serverKey);
    expect(
      scene.certificates.matches(pem, new Secret(Buffer.from(key ?? []).toString('utf8'))),
    ).toBe(true);
    expect(await scene.ownedFiles.owner(serverKey)).toEqual(owner);
  });
});

describe('a server certificate that is there', () => {
  test('is kept', async () => {
    await using scene = await withServer();
    const plan = await scene.plan(answers, serverCertificate);
    expect(plan.map(({ action, what }) => [action, what])).toEqual([
      ['keep', 'data/tls.key, private key of the server certificate'],
      ['keep', 'data/tls.crt, server certificate'],
    ]);
  });

  test('whose key others can read: the key is given to the containers, byte for byte', async () => {
    await using scene = await withServer();
    const { serverKey } = scene.deployment;
    const key = await textOf(serverKey);
    scene.ownedFiles.owners.set(serverKey, { uid: 1000, gid: 1000, mode: 0o644 });
    expect((await scene.plan(answers, serverCertificate))[0]).toMatchObject({
      action: 'change',
      why: expect.stringMatching(/^every user of this host can read it/u),
    });
    await scene.run(answers, serverCertificate);
    expect(await textOf(serverKey)).toBe(key);
    expect(await scene.ownedFiles.owner(serverKey)).toEqual(owner);
    expect((await scene.plan(answers, serverCertificate))[0]?.action).toBe('keep');
  });

  test('whose key cannot be asked about yet is taken to be right', async () => {
    await using scene = await withServer();
    scene.ownedFiles.owners.set(scene.deployment.serverKey, { uid: 0, gid: 0, mode: 0o644 });
    scene.ownedFiles.needsImage = true;
    const plan = await scene.plan(answers, serverCertificate);
    expect(plan.map(({ action }) => action)).toEqual(['keep', 'keep']);
  });

  test('of another domain is replaced, and its key', async () => {
    await using scene = await withServer();
    const before = await textOf(scene.deployment.serverKey);
    const moved = { ...answers, domain: 'wxyz9876.tunnel.anthropic.com' };
    const [key, certificate] = await scene.plan(moved, serverCertificate);
    expect(key?.action).toBe('change');
    expect(certificate).toMatchObject({
      action: 'change',
      what: 'data/tls.crt, server certificate for *.wxyz9876.tunnel.anthropic.com (p-256, 90 days)',
      why: expect.stringContaining('expected SubjectAltName for *.wxyz9876.tunnel.anthropic.com'),
    });
    await scene.run(moved, serverCertificate);
    expect(await textOf(scene.deployment.serverKey)).not.toBe(before);
  });
});

test('a CA key that vanished between plan and run is named', async () => {
  await using scene = await withCa();
  const context = await scene.context(answers);
  await systemFiles.remove(scene.deployment.caKey);
  const world = { ...context.world, caKey: undefined };
  await expect(serverCertificate.run({ ...context, world })).rejects.toMatchObject({
    code: 'ca-key-missing',
    found: `nothing at ${scene.deployment.caKey}`,
  });
  await systemFiles.remove(scene.deployment.caCertificate);
  await expect(serverCertificate.run({ ...context, world })).rejects.toMatchObject({
    code: 'ca-certificate-missing',
  });
});
