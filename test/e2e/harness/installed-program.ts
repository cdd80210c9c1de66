import { copyFile, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts the built program where the operator's account can read it, away from the checkout and its
 * node_modules: the bundle must stand alone.
 */
export async function installProgram(to: string): Promise<void> {
  const root = join(import.meta.dirname, '../../..');
  await mkdir(to);
  await copyFile(process.execPath, join(to, 'node'));
  await copyFile(join(root, 'package.json'), join(to, 'package.json'));
  await cp(join(root, 'dist'), join(to, 'dist'), { recursive: true });
}
