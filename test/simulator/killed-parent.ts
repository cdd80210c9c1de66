// Brings a rehearsed stack up, says so, and waits to be killed.
import type { Programs } from '../../src/simulator/rehearsal/place.ts';
import { RehearsedDeployment } from './rehearsed-deployment.ts';

const programs = JSON.parse(process.env['PROGRAMS'] ?? '') as Programs;
const deployment = await RehearsedDeployment.create(programs);
await deployment.up();
await deployment.line('cloudflared', 'Registered tunnel connection', 4);
process.stdout.write('connected\n');
