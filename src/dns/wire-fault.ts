// What can be wrong with a packet, or with the text of a record. Codes are permanent: reports and tests name them.

const MEANING = {
  'truncated-header': ['The message ends inside its header of 12 bytes.', '报文在 12 字节的头部之内就结束了。'],
  'count-exceeds-data': ['The header announces more entries than there are bytes for.', '头部声明的条目数多于报文中的数据。'],
  'question-truncated': ['A question runs beyond the end of the message.', '问题部分超出了报文末尾。'],
  'record-truncated': ['A record runs beyond the end of the message.', '资源记录超出了报文末尾。'],
  'trailing-bytes': ['Bytes follow the last record.', '最后一条记录之后还有多余的字节。'],
  'message-too-long': ['A message has at most 65535 bytes.', '报文最长为 65535 字节。'],
  'name-truncated': ['A name runs beyond the end of the data it is part of.', '域名超出了所在数据的末尾。'],
  'name-too-long': ['A name has more than 255 bytes.', '域名超过 255 字节。'],
  'label-too-long': ['A label has more than 63 bytes.', '标签超过 63 字节。'],
  'label-empty': ['A name has an empty label.', '域名含有空标签。'],
  'label-type-unknown': ['A label is neither a plain label nor a compression pointer.', '标签既不是普通标签，也不是压缩指针。'],
  'pointer-loop': ['A compression pointer leads back into its own name.', '压缩指针指回了它自己所在的域名。'],
  'pointer-forward': ['A compression pointer leads forward.', '压缩指针指向了后面的数据。'],
  'pointer-into-header': ['A compression pointer leads into the header.', '压缩指针指向了头部。'],
  'too-many-pointers': ['A name goes through more than 126 compression pointers.', '一个域名经过了 126 个以上的压缩指针。'],
  'rdata-length-mismatch': ['The fields of the RDATA do not fill its length.', 'RDATA 各字段与其长度不符。'],
  'rdata-too-long': ['RDATA has more than 65535 bytes.', 'RDATA 超过 65535 字节。'],
  'type-bitmap-not-canonical': ['A type bitmap has blocks out of order, empty, or with zero bytes at the end.', '类型位图的块次序错误、为空，或以零字节结尾。'],
  'svcb-params-not-ascending': ['The parameters of a service binding are not in ascending order.', '服务绑定参数没有按升序排列。'],
  'option-malformed': ['The value of an EDNS option is not what its code asks for.', 'EDNS 选项的值与其代码不符。'],
  'opt-owner-not-root': ['The OPT record belongs to a name other than the root.', 'OPT 记录的所有者不是根域名。'],
  'opt-repeated': ['A message has more than one OPT record.', '一个报文有多个 OPT 记录。'],
  'opt-misplaced': ['The OPT record is not in the additional section.', 'OPT 记录不在附加部分。'],
  'rcode-needs-edns': ['An rcode above 15 cannot be sent without EDNS.', '没有 EDNS 就无法发送大于 15 的 rcode。'],
  'text-field-missing': ['The text ends where a field is expected.', '文本在应有字段处结束。'],
  'text-field-extra': ['The text goes on after the last field.', '最后一个字段之后还有文本。'],
  'text-quote-open': ['A quoted string is not closed.', '引号没有闭合。'],
  'text-parenthesis': ['A parenthesis has no partner.', '括号不成对。'],
  'text-line-end': ['A record ends at the end of its line unless it is in parentheses.', '不在括号内的记录必须写在一行内。'],
  'text-escape': ['An escape is neither \\c nor \\DDD up to \\255.', '转义既不是 \\c，也不是不大于 \\255 的 \\DDD。'],
  'text-string-too-long': ['A character string has more than 255 bytes.', '字符串超过 255 字节。'],
  'text-number': ['This is not a number of the range of the field.', '不是该字段范围内的数。'],
  'text-address': ['This is not an address of the family of the field.', '不是该字段要求的地址。'],
  'text-name-relative': ['The name does not end in a dot and no origin is given.', '域名没有以点结尾，也没有给出起点。'],
  'text-hex': ['This is not hexadecimal of whole bytes.', '不是完整字节的十六进制文本。'],
  'text-base64': ['This is not base64.', '不是 base64 文本。'],
  'text-base32': ['This is not base32 with the extended hex alphabet.', '不是扩展十六进制字母表的 base32 文本。'],
  'text-type': ['This is not a record type.', '不是记录类型。'],
  'text-class': ['This is not a class.', '不是类。'],
  'text-ttl': ['This is not a TTL.', '不是 TTL。'],
  'text-time': ['This is neither YYYYMMDDHHmmSS nor a count of seconds.', '既不是 YYYYMMDDHHmmSS，也不是秒数。'],
  'text-svcb-param': ['This is not a parameter of a service binding.', '不是服务绑定参数。'],
  'text-generic-length': ['The length after \\# is not that of the data.', '\\# 之后的长度与数据不符。'],
} as const satisfies Readonly<Record<string, readonly [en: string, zh: string]>>

export type FaultCode = keyof typeof MEANING
export const FAULT_CODES: readonly FaultCode[] = Object.keys(MEANING) as FaultCode[]

/** [start, end): byte offsets from the beginning of the message, or offsets in the text. */
export interface Fault {
  readonly code: FaultCode
  readonly start: number
  readonly end: number
}

/** A value, or what is wrong with the input. */
export type Result<T> = { readonly value: T; readonly fault?: undefined } | { readonly value?: undefined; readonly fault: Fault }

export const faultMessage = (code: FaultCode, language: 'en' | 'zh' = 'en'): string => MEANING[code][language === 'en' ? 0 : 1]

export const failed = (code: FaultCode, start: number, end: number): { readonly fault: Fault } => ({ fault: { code, start, end } })
