// Records of a zone file whose text ends right behind the type.
import { emptyRdataWritten } from '../../dns/empty-rdata.ts'
import { genericText } from '../../dns/presentation-record.ts'
import { canonicalRdata } from './zone-file-form.ts'
import type { ZoneDialect } from './zone-file-types.ts'

export const emptyRdata = (type: string, { hasIsdn }: ZoneDialect): string =>
  canonicalRdata(type, genericText(new Uint8Array(type === 'ISDN' && !hasIsdn ? 0 : emptyRdataWritten(type))))
