// Names of metadata: `plugin/label` (plugin/metadata/provider.go, 1.9.3 to 1.15.0).

/** A slash somewhere inside. */
export const isLabel = (text: string): boolean => {
  const slash = text.indexOf('/')
  return slash > 0 && slash < text.length - 1
}
