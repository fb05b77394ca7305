import type { DataFile } from '../api/client.ts';
import { zipOf } from './zip.ts';

/** Gives the user a file, or several as an archive. */
export function download(files: readonly DataFile[], archiveName: string): void {
  const [only] = files.length === 1 ? files : [];
  const name = only?.name ?? `${archiveName}.zip`;
  const address = URL.createObjectURL(new Blob([only?.content ?? zipOf(files)]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
