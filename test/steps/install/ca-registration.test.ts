import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import type { InstallAnswers } from '../../../src/steps/install/answers.ts';
import { caOnDisk, caRegistration } from '../../../src/steps/install/ca-registration.ts';
import { certificateAuthority } from '../../../src/steps/install/certificate-authority.ts';
import { directories } from '../../../src/steps/install/directories.ts';
import { files } from '../../../src/steps/install/files.ts';
import { InstallScene } from '../../fakes/install-scene.ts';
import { answersOf, domain } from '../../fakes/sample-answers.ts';

const answersWith = (certificates: Partial<InstallAnswers['certificates']>) =>
  answersOf({ certificates });

const unasked = { active: async () => [], revoke: async () => undefined };

async function withCa(): Promise<{ scene: InstallScene; fingerprint: string }> {
  const scene = await InstallScene.make();
  await scene.run(answersOf(), directories, certificateAuthority, files);
  scene.events.length = 0;
  const pem = (await systemFiles.readText(scene.deployment.caCertificate)) ?? '';
  return { scene, fingerprint: scene.certificates.read(pem).fingerprint };
}

async function registered(scene: InstallScene, answers: InstallAnswers) {
  return (await caOnDisk(await scene.context(answers)))?.registered;
}

describe('whether the CA is registered', () => {
  test('is unknown before there is one', async () => {
    await using scene = await InstallScene.make();
    expect(await caOnDisk(await scene.context(answersOf()))).toBeUndefined();
  });

  test('is a person’s word, kept among the answers', async () => {
    const { scene, fingerprint } = await withCa();
    await using _ = scene;
    expect(await registered(scene, answersOf())).toBe(false);
    const said = answersWith({ caRegistered: fingerprint });
    expect(await registered(scene, said)).toBe(true);
    await scene.run(said, files);
    expect(await registered(scene, answersWith({ caRemembered: fingerprint }))).toBe(true);
  });

  test('is no longer so with another CA', async () => {
    const { scene } = await withCa();
    await using _ = scene;
    const remembered = answersWith({ caRemembered: 'ff'.repeat(32) });
    await scene.run(remembered, files);
    expect(await registered(scene, remembered)).toBe(false);
  });
});

describe('the step', () => {
  test('tells the CA and changes nothing where only a person can register it', async () => {
    const { scene, fingerprint } = await withCa();
    await using _ = scene;
    const before = await systemFiles.readText(scene.deployment.answers);
    expect(await scene.plan(answersOf(), caRegistration)).toEqual([]);
    await caRegistration.run(await scene.context(answersOf()));
    expect(scene.events).toEqual([
      {
        type: 'ca',
        path: scene.deployment.caCertificate,
        fingerprint,
        registered: false,
        created: false,
      },
    ]);
    expect(await systemFiles.readText(scene.deployment.answers)).toBe(before);
  });

  test('lets a registrar do it once, and remembers that', async () => {
    const { scene } = await withCa();
    await using _ = scene;
    const asked: string[] = [];
    scene.registrar = {
      name: 'simulated Console',
      register: async (tunnel, pem) => {
        asked.push(`${tunnel} ${pem.slice(0, 27)}`);
        return true;
      },
      ...unasked,
    };
    await caRegistration.run(await scene.context(answersOf()));
    await caRegistration.run(await scene.context(answersOf()));
    expect(asked).toEqual([`${domain} -----BEGIN CERTIFICATE-----`]);
    expect(scene.events).toMatchObject([{ registered: true }, { registered: true }]);
  });

  test('believes a registrar that says no', async () => {
    const { scene } = await withCa();
    await using _ = scene;
    scene.registrar = { name: 'simulated Console', register: async () => false, ...unasked };
    await caRegistration.run(await scene.context(answersOf()));
    expect(scene.events).toMatchObject([{ registered: false }]);
    expect(await registered(scene, answersOf())).toBe(false);
  });
});
