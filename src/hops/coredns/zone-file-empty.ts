// Records of a zone file whose text ends right behind the type.
import { emptyRdataWritten } from '../../dns/empty-rdata.ts'
import { canonicalRdata, genericRdata } from './zone-file-form.ts'
import type { ZoneDialect } from './zone-file-types.ts'

export const emptyRdata = (type: string, { hasIsdn }: ZoneDialect): string =>
  canonicalRdata(type, genericRdata(new Uint8Array(type === 'ISDN' && !hasIsdn ? 0 : emptyRdataWritten(type))))
