// How MD5 and SHA-2 fill up a text to whole blocks: a bit that is set, zeroes, and the text's length in bits in the last eighth of a block.
export function paddedBlocks(text: string, blockBytes: number, littleEndian: boolean): DataView {
  const bytes = new TextEncoder().encode(text)
  const padded = new Uint8Array(Math.ceil((bytes.length + 1 + blockBytes / 8) / blockBytes) * blockBytes)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n, littleEndian)
  return view
}
