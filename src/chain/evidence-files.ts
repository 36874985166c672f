// The files of a bundle as the pipeline sees them: named texts. Where they came from (folder, archive, loose files) is the rim's business.
import type { Problem } from './source.ts'

export interface EvidenceFile {
  /** Path inside the bundle, with `/`. */
  readonly path: string
  /** Size of the whole file, even where `text()` gives only its first part. */
  readonly sizeBytes: number
  /** The whole text, UTF-8 with replacement characters. Of a file over the limit the first part (a Problem says so); '' if it is no text. */
  text(): string
  /** The whole file in pieces that end at line ends where they can; nothing is cut off. */
  chunks(): Iterable<string>
  /** The bytes of a file that is no text (a capture), unpacked if it is packed. Each piece is valid until the next is asked for; what cannot be
   * unpacked ends the pieces, and a Problem of the rim says so. Absent: the source has texts only. */
  bytes?(): Iterable<Uint8Array>
}

export interface EvidenceFiles {
  /** `metadata.name` of bundle.yaml is not read here: this is what the user called the input. */
  readonly name: string
  /** In order of path (code units), whatever order the disk or the archive has. */
  readonly files: ReadonlyMap<string, EvidenceFile>
  readonly problems: readonly Problem[]
}
