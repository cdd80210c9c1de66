import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '../../src/domain/deployment.ts';
import { sampleServerText } from '../../src/domain/static-files.ts';
import { openRehearsal } from '../../src/simulator/rehearsal.ts';
import { type EngineStand, engineContract } from '../contract/engine-contract.ts';
import { buildPrograms } from '../simulator/build-programs.ts';

const image = `python@sha256:${'a1'.repeat(32)}`;
const composeText = `services:
  ${services.sample}:
    image: ${image}
    command: ["python", "/app/hello_server.py"]
    volumes: ["./hello_server.py:/app/hello_server.py:ro"]
    restart: unless-stopped
`;

/** The sample server alone, as a project of the rehearsal's engine. */
async function rehearsedProject(): Promise<EngineStand> {
  const dir = await mkdtemp(join(tmpdir(), 'rehearsal-contract-'));
  const composeFile = join(dir, 'docker-compose.yaml');
  const mendFile = () => writeFile(composeFile, composeText);
  await mendFile();
  await writeFile(join(dir, 'hello_server.py'), sampleServerText, { mode: 0o644 });
  const rehearsal = await openRehearsal({ deploymentDir: dir, programs: await buildPrograms() });
  return {
    engine: rehearsal.engine,
    compose: rehearsal.compose,
    project: { dir, project: 'contract' },
    services: [services.sample],
    service: services.sample,
    startLine: /Uvicorn running on/u,
    image,
    missingImage: `127.0.0.1:1/nobody/has-this@sha256:${'0'.repeat(64)}`,
    breakFile: () => writeFile(composeFile, 'services:\n  - not: a map\n'),
    mendFile,
    async dispose() {
      await rehearsal.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

engineContract('the engine of the rehearsal', rehearsedProject);
