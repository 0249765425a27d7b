"""Why a command failed, in Chinese, out of the English error that says so.

Errors know no locale (`ledger.errors`): below the command line a reason is English. Those that an
operator or auditor meets have their Chinese here, by pattern, as verification's have theirs in
`ledger.verification.reasons`; a test walks every error raised below and finds the ones that lack.
A reason within a reason is translated in its place; what a library or system says is quoted.
"""

import errno
import re
from typing import Final

from ledger.errors import LedgerError, VerificationError
from ledger.verification import reasons as verification

_ZH: Final = tuple(
    (re.compile(pattern, re.DOTALL), chinese)
    for pattern, chinese in (
        # installation, settings and keys
        (r"there is no log in (.+); `mealtrace init` founds one", "{0} 中没有账本；请用 `mealtrace init` 创建"),
        (r"there is no log yet; `mealtrace init` founds one", "尚无账本；请用 `mealtrace init` 创建"),
        (r"there are no keys of a log in (.+): `mealtrace init` founds one; if it was founded elsewhere, its key folder belongs here", "{0} 中没有账本的密钥：请用 `mealtrace init` 创建；如账本创建于别处，请把它的密钥目录放到这里"),
        (r"there is no secret file (.+)", "没有密钥文件 {0}"),
        (r"the secret file (.+) is empty", "密钥文件 {0} 是空的"),
        (r"the secret file (.+) cannot be read: (.+)", "密钥文件 {0} 无法读取：{1}"),
        (r"the key file (.+) must hold 64 hex digits", "密钥文件 {0} 应为 64 位十六进制数"),
        (r"sealing keys are 32 bytes each", "封装密钥每个应为 32 字节"),
        (r"no secp256k1 private key", "不是 secp256k1 私钥"),
        (r"(.+) must hold a JSON array of \{party, jwk\}: (.+)", "{0} 应为由 {{party, jwk}} 组成的 JSON 数组：{1}"),
        (r"no array", "不是数组"),
        (r"(.+)\. The anchoring account is (\S+) on chain (\d+): fund it and type the same command again", "{0}。锚定账户是区块链 {2} 上的 {1}：请为其充值后重新执行同一命令"),
        (r"genesis names an anchor target, but this installation's anchoring key is not its registrant's; put that key into anchor\.key", "创世记录指定了锚定目标，但本安装的锚定密钥不是其登记者的密钥；请将该密钥放入 anchor.key"),
        (r"(.+) holds no key that signs this log now", "{0} 中没有当前为本账本签名的密钥"),
        (r"the log knows no key (\S+)", "账本中没有密钥 {0}"),
        (r"an anchoring key is changed on a node's chain.*", "只有使用节点的区块链（MEALTRACE_CHAIN=rpc）才能更换锚定密钥；内置链只承认第一个密钥，对他人不构成证明"),
        (r"(\S+) on chain (\d+) is a target of the log already, since entry (\d+); after a theft of the key, --new-key draws another", "区块链 {1} 上的 {0} 自第 {2} 条起已是本账本的锚定目标；如密钥被盗，请用 --new-key 生成新密钥"),
        (r"MEALTRACE_CHAIN=rpc needs MEALTRACE_RPC_URL", "MEALTRACE_CHAIN=rpc 须同时设置 MEALTRACE_RPC_URL"),
        (r"(MEALTRACE_\w+): (.+)", "{0}：{1}"),
        (r"Value error, (.+)", "{0}"),
        (r"Field required", "必须设置"),
        (r"Extra inputs are not permitted", "没有这一设置"),
        (r"Input should be a valid (?:integer|number).*", "应为整数"),
        (r"Input should be a valid boolean.*", "应为 true 或 false"),
        (r"Input should be a valid (?:URL|string|path|list|array|dictionary).*", "写法不合规定"),
        (r"Input should be (?:greater than or equal to|at least) (\S+)", "应不小于 {0}"),
        (r"Input should be (?:less than or equal to|at most) (\S+)", "应不大于 {0}"),
        (r"Input should be greater than (\S+)", "应大于 {0}"),
        (r"Input should be less than (\S+)", "应小于 {0}"),
        (r"Input should be (.+)", "应为 {0}"),
        (r"('[^']+') or ('[^']+')", "{0} 或 {1}"),
        (r"('[^']+'), (.+)", "{0}、{1}"),
        (r"(.+) is not an IANA time zone", "{0} 不是 IANA 时区"),
        # oversight
        (r"an order from a supplier that nobody admitted was taken", "向未准入供应商下的订单竟被接受"),
        (r"(\S+) has a key that is not in (.+): put it there, or revoke it", "{0} 有一个不在 {1} 中的密钥：请将其放入该处，或予以吊销"),
        (r"what oversight remembers is dropped, and derived from the log again: (.+)", "监督所记内容已丢弃，将从账本重新推导：{0}"),
        (r"another process follows the log; nothing is written", "另一进程正在跟随账本，未写入任何内容"),
        # backup, restore, successor
        (r"wrapped keys are kept apart from the data: (.+) lies in (.+)", "封装密钥须与数据分开保存：{0} 位于 {1} 之内"),
        (r"(.+) holds a backup of another log; give another folder", "{0} 中是另一个账本的备份；请指定其他目录"),
        (r"(.+) holds (\d+) entries that this log does not extend: keep it, it may be all that is left of them", "{0} 中有 {1} 条本账本未能延续的条目：请妥善保留，这可能是它们仅存的副本"),
        (r"another process writes (.+); wait until it ends", "另一进程正在写入 {0}；请等它结束"),
        (r"the embedded chain's file cannot be copied: (.+)", "内置链的文件无法复制：{0}"),
        (r"anchors change faster than the chain's file is copied", "锚点变化太快，来不及复制链文件"),
        (r"no finished backup is in (.+)", "{0} 中没有完成的备份"),
        (r"the backup was altered, or is of an installation with another index key", "备份已被改动，或属于使用另一 index 密钥的安装"),
        (r"(\S+) is a line of JSON and a line of its MAC", "{0} 应为一行 JSON 和一行 MAC"),
        (r"(\S+) is no manifest of this version: (.+)", "{0} 不是本版本的备份清单：{1}"),
        (r"(\S+) is no manifest of this version", "{0} 不是本版本的备份清单"),
        (r"a file of a backup has name, sha256, size and rows", "备份文件的条目应有 name、sha256、size 和 rows"),
        (r"(\w+) of a backup's file is not a (\w+)", "备份文件的 {0} 类型不对，应为 {1}"),
        (r"a backup names the file (.+) outside itself", "备份指向了目录之外的文件 {0}"),
        (r"the backup lacks its file (.+): (.+)", "备份缺少文件 {0}：{1}"),
        (r"(.+) does not begin with the header of a table", "{0} 的开头不是数据表的表头"),
        (r"(.+) does not hold the table (\S+) as this program reads it", "{0} 中的数据表 {1} 不是本程序能读的格式"),
        (r"(.+) has a line that is no JSON", "{0} 中有一行不是 JSON"),
        (r"(.+) has a row of other columns than its header", "{0} 中有一行的列与表头不符"),
        (r"(.+) has a row with a value that is no (\w+)", "{0} 中有一行的值类型不对，应为 {1}"),
        (r"(.+) is not the file that the backup's manifest names", "{0} 不是备份清单所列的文件"),
        (r"blob (\S+) of the backup was altered", "备份中的附件 {0} 已被改动"),
        (r"the backup holds a table (\S+), which this program has not", "备份中的数据表 {0} 是本程序没有的"),
        (r"the backup lacks (.+)", "备份缺少 {0}"),
        (r"the entries of the backup do not give the root that its checkpoint signs", "备份中的条目算不出其检查点所签的根"),
        (r"entry (\d+) of the backup is not what stood there", "备份中的第 {0} 条不是原有的条目"),
        (r"a log of (\d+) entries is here; a backup is restored into an empty database and an empty data folder", "此处已有 {0} 条的账本；备份只能恢复到空的数据库和空的数据目录"),
        (r"the wrapped keys are (\d+) days old, and (\d+) are allowed: what was erased since would come back; --old-keys restores them all the same", "封装密钥已有 {0} 天，最多允许 {1} 天：其后清除的内容会重新出现；如仍要恢复，请用 --old-keys"),
        (r"the root anchored at size (\d+) is not this log's", "锚定在 {0} 条处的根不是本账本的根"),
        (r"the node's chain is not the target's, (\d+)", "节点的链不是锚定目标所在的链 {0}"),
        (r"what was restored here is not to be used: (.+)", "此处恢复的内容不可使用：{0}"),
        (r"a restore was broken off; type the same command again", "恢复曾经中断；请重新执行同一命令"),
        (r"its audit failed; restore another backup with `mealtrace restore`", "审计未通过；请用 `mealtrace restore` 恢复另一份备份"),
        (r"no checkpoint of the lost log is given: --old-keys, --backup or --checkpoint names one; where its files were on an S3 server, --old-keys with --old-bucket", "没有给出旧账本的检查点：请用 --old-keys、--backup 或 --checkpoint 指定；文件曾在 S3 服务器上的，请用 --old-keys 加 --old-bucket"),
        (r"--old-bucket needs MEALTRACE_S3_ENDPOINT: the server of that bucket", "--old-bucket 须同时设置 MEALTRACE_S3_ENDPOINT，即该存储桶所在的服务器"),
        (r"whose signature a checkpoint must bear says the lost log's policy \(--policy\), or its key folder \(--old-keys\)", "检查点应由谁签名，须由旧账本的策略（--policy）或其密钥目录（--old-keys）说明"),
        (r"the lost log signed two roots of size (\d+): keep both, they prove a fork", "旧账本对 {0} 条签署了两个不同的根：请都保留，它们就是分叉的证据"),
        (r"the lost log was (\S+) itself, and no checkpoint of one log may be taken for the other's: set MEALTRACE_ORIGIN, to (\S+) for instance", "旧账本就是 {0}，两个账本的检查点不得混淆：请设置 MEALTRACE_ORIGIN，例如 {1}"),
        (r"the lost log's own database or key folder is here; a successor takes others: set (.+)", "此处是旧账本自己的数据库或密钥目录；后继账本须使用另外的：请设置 MEALTRACE_HOME，或 MEALTRACE_DATABASE_URL、MEALTRACE_DATA_DIR 与 MEALTRACE_KEYS_DIR"),
        (r"the log (\S+) is here; a successor takes a database and a folder of its own", "此处是账本 {0}；后继账本须有自己的数据库和目录"),
        (r"a log of (\d+) entries was released under (.+); a successor takes a key folder of its own.*", "{1} 下已发布过 {0} 条的账本；后继账本须有自己的密钥目录（MEALTRACE_KEYS_DIR）和存储桶，kek 与 index 可以复制过去"),
        # what was released
        (r"a checkpoint of size (\d+) was released, the database holds (\d+) entries: it was rolled back; nothing is signed any more", "已发布过 {0} 条的检查点，数据库只有 {1} 条：数据库被回退；不再签署任何内容"),
        (r"size (\d+) (was released|stands in the head), but (.+); nothing is signed any more", "{0} 条的检查点已经存在，但{2}；不再签署任何内容"),
        (r"root (\S+) of size (\d+) (?:was released|stands in the head), the stored entries have (\S+); nothing is signed any more", "{1} 条处的根应为 {0}，而所存条目得出 {2}；不再签署任何内容"),
        (r"(.+)\. Put the newest database back, or go on with `mealtrace successor`", "{0}。请放回最新的数据库，或用 `mealtrace successor` 开立后继账本"),
        (r"two roots of size (\d+): (\S+) was released, (\S+) is not shown to anyone", "{0} 条处有两个根：已发布 {1}，{2} 不予出示"),
        (r"the released mark is damaged: neither of its slots is whole", "已发布标记已损坏：两个位置都不完整"),
        (r"a released mark with a root of (\d+) bytes", "已发布标记的根为 {0} 字节"),
        (r"a released mark is a size and a root", "已发布标记应为大小和根"),
        (r"a released mark that does not re-format to itself", "已发布标记的写法不规范"),
        (r"the released mark cannot be read: (.+)", "已发布标记无法读取：{0}"),
        (r"the released mark cannot be raised: (.+)", "已发布标记无法更新：{0}"),
        (r"the released mark is contended; try again", "已发布标记正被争用；请重试"),
        (r"the object store refused the released mark: (.+)", "对象存储拒绝写入已发布标记：{0}"),
        # webhooks
        (r"there is no webhook (\S+)", "没有订阅 {0}"),
        (r"a party has at most (\d+) webhooks; remove one first", "每个主体最多 {0} 个订阅；请先删除一个"),
        (r"a replay of the webhook (\S+) is under way; wait until it has ended", "订阅 {0} 正在重新推送；请等它完成"),
        (r"('[^']*'|\d+) is not a network, as in 10\.20\.0\.0/16", "{0} 不是网段，应如 10.20.0.0/16"),
        # database and blobs
        (r"the database is at version (\S+), this program needs (\S+); run `mealtrace migrate`", "数据库版本为 {0}，本程序需要 {1}；请执行 `mealtrace migrate`"),
        (r"version (\S+) is not one of this program's; a newer program made it", "版本 {0} 不是本程序的版本，由更新的程序生成"),
        (r"the database does not answer: (.+)", "数据库没有响应：{0}"),
        (r"the database does not answer", "数据库没有响应"),
        (r"the database lacks rows of the log; see `mealtrace audit`", "数据库缺少账本的行；请执行 `mealtrace audit`"),
        (r"all connections to the database are in use", "数据库连接已全部占用"),
        (r"the commit was not confirmed", "提交未得到确认"),
        (r"genesis is not anchored yet; the worker does that first", "创世记录尚未锚定；worker 会先完成锚定"),
        (r"the head moved although it was locked; nothing was written", "账本状态在锁定期间发生变化；没有写入任何内容"),
        (r"this process's clock is (\S+) s off the database's; set the clocks and try again", "本进程时钟与数据库相差 {0} 秒；请校准时钟后重试"),
        (r"the database's clock jumped by (\S+) s; nothing is appended until this process is started again", "数据库时钟跳变 {0} 秒；重新启动本进程之前不再写入"),
        (r"a private key of the log is missing on this process", "本进程缺少账本的一个私钥"),
        (r"the log's private keys: (.+)", "账本私钥：{0}"),
        (r"what acts are checked against was derived by other rules than this program's; run `mealtrace migrate`", "用于核对行为的数据由另一版本的规则推导；请执行 `mealtrace migrate`"),
        (r"what acts are checked against cannot be opened \((.+)\); `mealtrace migrate` derives it from the log again", "用于核对行为的数据无法打开（{0}）；请用 `mealtrace migrate` 由账本重新推导"),
        (r"the anchor of (\d+) was changed meanwhile", "{0} 条的锚点已被其他进程修改"),
        (r"the anchor of (\d+) exists already", "{0} 条的锚点已经存在"),
        (r"the anchor of size (\d+) has moved on", "{0} 条的锚点已被更新"),
        (r"blob (\S+) is not in the (?:folder of blobs|bucket)", "附件 {0} 不在存储中"),
        (r"there is no blob (\S+)", "没有附件 {0}"),
        (r"blob (\S+) cannot be read: (.+)", "附件 {0} 无法读取：{1}"),
        (r"the folder of blobs is not writable", "附件目录不可写"),
        (r"no blob can be (?:written|spooled): (.+)", "附件无法写入：{0}"),
        (r"the object store refused: (.+)", "对象存储拒绝了请求：{0}"),
        (r"the object store does not answer: (.+)", "对象存储没有响应：{0}"),
        (r"the bucket (\S+) does not exist", "存储桶 {0} 不存在"),
        (r"the object store keeps blob (\S+): it is locked", "对象存储保留附件 {0}：该对象已锁定"),
        (r"blob (\S+) is locked for longer already", "附件 {0} 已锁定至更晚的时间"),
        (r"blob (\S+) is shorter than its head", "附件 {0} 短于其头部"),
        (r"chunk (\d+) of blob (\S+) \(bytes (\d+) to (\d+)\) was altered or is missing", "附件 {1} 的第 {0} 块（字节 {2} 至 {3}）被改动或缺失"),
        (r"the key of blob (\S+) was destroyed", "附件 {0} 的密钥已销毁"),
        (r"what is sealed as (\S+) was altered", "封装为 {0} 的内容已被改动"),
        (r"the wrapped key of (\S+) does not open", "{0} 的封装密钥无法打开"),
        (r"there is no record (\S+)", "没有记录 {0}"),
        (r"there is no token (\S+)", "没有令牌 {0}"),
        (r"the enrolment code is unknown, used or expired", "登记码不存在、已使用或已过期"),
        (r"that pseudonym stands for nobody known here", "该假名在此处没有对应的人"),
        (r"no checkpoint was signed at size (\d+)", "没有签署过 {0} 条的检查点"),
        (r"tile (\d+) of level (\d+) does not hold (\d+) hashes", "第 {1} 层的第 {0} 个分块没有 {2} 个哈希"),
        (r"there is no full tile (\d+) of level (\d+)", "第 {1} 层没有完整的第 {0} 个分块"),
        (r"entry bundle (\d+) does not hold (\d+) entries", "第 {0} 个条目包没有 {1} 条"),
        (r"the log has no entry (\d+)", "账本没有第 {0} 条"),
        # chain
        (r"no node is configured", "没有配置节点"),
        (r"the code at (\S+) has SHA-256 (\S+), the target names another", "{0} 处代码的 SHA-256 为 {1}，与锚定目标所列不符"),
        (r"(\S+) does not answer (\w+)\(\)", "{0} 没有响应 {1}()"),
        (r"another transaction of the account took the nonce (\d+)", "该账户的另一笔交易占用了 nonce {0}"),
        (r"the contract was sent to (\S+), and is not mined yet", "合约已发送至 {0}，尚未上链"),
        (r"the chain does not run the contract: (.+)", "该链无法运行合约：{0}"),
        (r"the node refuses the contract: (.+)", "节点拒绝合约：{0}"),
        (r"already mined", "已经上链"),
        (r"the account's next nonce is (\d+)", "该账户的下一个 nonce 是 {0}"),
        (r"no transaction: (.+)", "不是交易：{0}"),
        (r"execution reverted: (.+)", "合约执行被回退：{0}"),
        (r"the node has no newest block", "节点没有最新区块"),
        (r"the node's chain (\d+) with block 0 (\S+) is not the target's: (\d+) with (\S+)", "节点的链 {0}（创世区块 {1}）不是锚定目标的链 {2}（{3}）"),
        (r"the log is anchored by (\S+) now, not by this account", "账本现由 {0} 锚定，而不是本账户"),
        (r"the contract holds size (\d+), the log has (\d+): it was put back behind what is anchored, and can only go on as a successor", "合约已锚定 {0} 条，账本只有 {1} 条：账本被恢复到锚定之前，只能以后继账本继续"),
        (r"the root anchored at size (\d+) is not this log's: one of them is forged", "锚定在 {0} 条处的根不是本账本的根：其中之一是伪造的"),
        (r"an empty log has nothing to anchor", "空账本没有可锚定的内容"),
        (r"size (\d+) is not anchored yet: (.+)", "{0} 条尚未锚定：{1}"),
        (r"it waits to be mined", "交易等待被打包"),
        (r"the contract holds root (\S+) at size (\d+), the node shows no event of it", "合约在 {1} 条处保存了根 {0}，节点却没有对应的事件"),
        (r"block (\d+) changed while it was read", "区块 {0} 在读取时发生变化"),
        (r"the node does not show the anchor of size (\d+), which is final: it is behind block (\d+)", "节点没有显示已最终确定的 {0} 条锚点：节点落后于区块 {1}"),
        (r"the embedded chain(?: at (\S+))?: (.+)", "内置链：{1}"),
        (r"the node does not answer as it should: (.+)", "节点的响应不正常：{0}"),
        # usage
        (r"Missing (?:argument|option|parameter):? '?([^']+)'?\..*", "缺少参数 {0}"),
        (r"No such option: (\S+)(?: .*)?", "没有选项 {0}"),
        (r"No such command '(.+?)'\..*", "没有命令 {0}"),
        (r"Option '(.+)' requires an argument\.", "选项 {0} 须带参数"),
        (r"Option '(.+)' does not take a value\.", "选项 {0} 不带参数"),
        (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "多余的参数：{0}"),
        (r"Invalid value for '?(.+?)'?: (.+)", "{0} 的值无效：{1}"),
        (r"(?:Input should be in the range|(\S+) is not in the range) x>=(\d+)\.?", "应不小于 {1}"),
        (r"(\S+) is not in the range (\d+)<=x<=(\d+)\.?", "{0} 应不小于 {1} 且不大于 {2}"),
        (r"(\S+) is not (?:a valid integer|a valid int)\.?", "{0} 应为整数"),
        # fetching
        (r"(.+) is larger than (\d+) bytes", "{0} 超过 {1} 字节"),
        (r"not an address of the web: (.+)", "不是网址：{0}"),
        (r"(\S+) answers more than (\d+) bytes", "{0} 的响应超过 {1} 字节"),
        (r"(\S+) answers (\d+)", "{0} 响应 {1}"),
        (r"(\S+) does not answer: (.+)", "{0} 没有响应：{1}"),
        (r"a tile of (\d+) bytes where (\d+) (?:belong|hashes belong)", "分块为 {0} 字节，应为 {1}"),
        (r"(\S+) is not served", "未提供 {0}"),
        (r"(\S+) answered (\d+)", "{0} 响应 {1}"),
        # demo
        (r"the service did not become ready:\n(.*)", "服务未能就绪：\n{0}"),
        (r"the service did not take what the gateway kept", "服务未接收网关保存的记录"),
        (r"(\d+) of (\d+) loads came to rest on the scale", "{1} 次上秤中只有 {0} 次稳定"),
        (r"the gateway did not take a morning check", "网关未接收一条晨检记录"),
        (r"the sample cabinet gave no temperatures", "留样柜没有给出温度"),
        (r"the gateway does not listen to the terminal", "网关未在监听晨检仪"),
        (r"the wall let one party hold money and goods", "隔离墙让同一主体既管钱又管物"),
        (r"record (\S+) was refused: (.+)", "记录 {0} 被拒绝：{1}"),
        (r"(\S+) does not hold these bytes exactly once", "{0} 中这些字节不是恰好出现一次"),
        # files that people hand in
        (r"not strict JSON: (.+)", "不是严格的 JSON：{0}"),
        (r".+: line (\d+) column (\d+) \(char \d+\)", "第 {0} 行第 {1} 列不合 JSON 语法"),
        (r"JSON nested too deep", "JSON 嵌套过深"),
        (r"a member name stands twice in one object", "同一对象中成员名重复"),
        (r"(?:a fraction or an exponent|not a JSON number): (.+)", "不允许的数字写法：{0}"),
        (r"not an integer of magnitude below 2\^53: (.+)", "不是绝对值小于 2^53 的整数：{0}"),
        (r"(.+) is not kind:value: (.+)", "{0} 的写法应为 kind:value：{1}"),
        (r"a part of a trace says which it is, and which is next", "溯源的分段须载明自己是哪一段、下一段是哪一段"),
        (r"no part of a trace: the record was not in the log yet", "没有这一溯源分段：当时账本中尚无该记录"),
        (r"no part of a trace: the log has (\d+) entries, not (\d+)", "没有这一溯源分段：账本有 {0} 条，而非 {1} 条"),
        (r"no part of a trace: (.+)", "没有这一溯源分段：{0}"),
        (r"a (bundle|receipt|trace|page of a history) has exactly (.+)", "{0}的成员应恰为 {1}"),
        (r"a (bundle|trace) of another version: (.+)", "{0}的版本不同：{1}"),
        (r"(\w+) of a (bundle|trace|history) is of another kind", "{1}的 {0} 类型不对"),
        (r"(\w+) of a receipt is not (?:an integer of at least 0|text)", "回执的 {0} 类型不对"),
        (r"id of a receipt is not a lower-case UUID", "回执的 id 不是小写 UUID"),
        (r"direction of a trace is one of (.+)", "溯源文件的 direction 应为 {0} 之一"),
        (r"(\w+) of a trace are objects", "溯源文件的 {0} 应为对象"),
        (r"(?:an edge|members of an edge).*", "溯源文件的关联写法不合规定"),
        (r"entries of a history are objects", "历史的条目应为对象"),
        (r"a history without its entries' bytes: save it without entry=false", "历史中没有条目的字节：保存时请勿使用 entry=false"),
        (r"index of an entry of a history is not an index", "历史条目的 index 不是序号"),
        (r"head of a history has exactly.*|seq and index of a history's head.*|leaf_hash of a history's head.*", "历史的末条写法不合规定"),
        (r"completeness of a history has exactly (.+)", "历史的 completeness 成员应恰为 {0}"),
        (r"(\w+) of a history's completeness is of another kind", "历史的 completeness 中 {0} 类型不对"),
        (r"the files are pages of several histories: give those of one subject", "这些文件属于多个历史：请只给出同一主体的页面"),
        (r"the history shows no checkpoint to hold against the log of today", "该历史没有可与今日账本核对的检查点"),
        (r"policy line (\d+): (.+)", "策略第 {0} 行：{1}"),
        (r"not one word: (.+)", "不是一个词：{0}"),
        (r"not a decimal number: (.+)", "不是十进制数：{0}"),
        (r"(\w[\w ]*) stands twice: (.+)", "重复：{1}"),
        (r"the name (\S+) stands twice", "名称 {0} 重复"),
        (r"a policy has exactly one quorum line", "策略应恰有一行 quorum"),
        (r"a policy of (\d+) bytes", "策略文件为 {0} 字节，过大"),
        (r"a policy with a control character", "策略文件含有控制字符"),
        (r"a policy that is not octets", "策略文件不是 UTF-8 文本"),
        (r"a (log|witness)'s vkey is of type (\S+)", "{0}的 vkey 类型应为 {1}"),
        (r"a genesis hash has 32 bytes", "创世哈希应为 32 字节"),
        (r"(\d+) of (\d+) members in group (\S+)", "组 {2} 要求 {1} 个成员中的 {0} 个"),
        (r"the quorum names (\S+), which is unknown", "quorum 所列的 {0} 没有定义"),
        (r"a negative number of confirmations", "confirmations 不能为负数"),
        (r"a comment that cannot be read: (.+)", "注释行无法读取：{0}"),
        (r"no line of a policy: (.+)", "不是策略的行：{0}"),
        (r"the name (\S+) is not defined above", "名称 {0} 在上文没有定义"),
        (r"group (\S+) names (\S+), unknown above it", "组 {0} 所列的 {1} 在上文没有定义"),
        (r"a vkey whose key ID does not belong to it", "vkey 的密钥编号与其不符"),
        (r"a key has a name, a key ID and its bytes, joined by \+", "密钥应由名称、编号和字节以 + 连接"),
        (r"a key without bytes", "密钥没有字节"),
        (r"no key name: (.+)", "不是密钥名称：{0}"),
        (r"a key name that is not valid Unicode", "密钥名称不是有效的 Unicode"),
        (r"not a private note key", "不是账本私钥"),
        (r"a private note key of another type than Ed25519", "账本私钥的类型不是 Ed25519"),
        (r"a private note key whose key ID does not belong to it", "账本私钥的密钥编号与其不符"),
        (r"a key of type (\S+), which is not verified here", "{0} 类型的密钥在此无法核验"),
        (r"a note of (\d+) bytes", "检查点为 {0} 字节，过大"),
        (r"a note (?:with more than|without a signature|that is not UTF-8).*|a note's text ends with a newline", "检查点的写法不合规定"),
        (r"a signature line (?:begins|holds).*", "签名行的写法不合规定"),
        (r"a JWK has exactly crv, kty and x", "JWK 的成员应恰为 crv、kty 和 x"),
        (r"a JWK of another kind than OKP, Ed25519", "JWK 的种类应为 OKP、Ed25519"),
        (r"a JWK whose x is no text", "JWK 的 x 应为文本"),
        (r"an Ed25519 (?:public key|seed) of (\d+) bytes", "Ed25519 密钥为 {0} 字节，应为 32 字节"),
        (r"an Ed25519 public key (?:that is not canonical|of small order)", "不可接受的 Ed25519 公钥"),
        (r"not hex|hex that does not encode back to itself", "不是规范的十六进制写法"),
        (r"not an RFC 3339 time with an offset: (.+)", "不是带时区偏移的 RFC 3339 时间：{0}"),
        (r"a time outside the years 1 to 9999: (.+)", "时间超出公元 1 至 9999 年：{0}"),
        (r"no such (?:time of day|offset|day): (.+)", "没有这样的时间：{0}"),
        (r"a checkpoint is lines of origin, size and root, each with its newline", "检查点应为 origin、大小和根各一行"),
        (r"no tree size: (.+)", "账本大小的写法不规范：{0}"),
        (r"the service is shutting down", "服务正在关闭"),
        (r"no tree has (\d+) leaves", "账本不可能有 {0} 条"),
        (r"a root of (\d+) bytes", "根为 {0} 字节，应为 32 字节"),
        (r"the root of an empty tree is SHA-256 of nothing", "空账本的根应为空内容的 SHA-256"),
        (r"origin and extensions are one line each, not empty", "origin 和扩展应各为非空的一行"),
    )
)  # fmt: skip
"""Pattern of a whole English reason → Chinese, with the pattern's groups by number."""

_WORDS: Final = {
    "bundle": "证据包",
    "receipt": "回执",
    "trace": "溯源文件",
    "history": "历史",
    "page of a history": "历史页面",
    "log": "账本",
    "witness": "见证方",
    "none": "无",
    "party": "主体",
    "subject": "主体",
    "issuer": "签发方",
    "submitter": "提交方",
    "subject of a history": "历史的主体",
}
_SYSTEM: Final = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许的操作",
    errno.EISDIR: "是目录，不是文件",
    errno.ENOTDIR: "不是目录",
    errno.EEXIST: "已经存在",
    errno.ENOSPC: "磁盘空间不足",
    errno.EROFS: "文件系统只读",
    errno.EADDRINUSE: "端口已被占用",
    errno.ECONNREFUSED: "连接被拒绝",
}
_SETTINGS: Final = re.compile(r"; (?=MEALTRACE_)")


def of(error: LedgerError) -> str | None:
    """The whole reason in Chinese; None where nobody has written it."""
    text = str(error)
    if isinstance(error, VerificationError) and error.expected and error.found:
        head = chinese(text.partition(": expected ")[0])
        return head and f"{head}：{verification.compared(error.expected, error.found)[1]}"
    return chinese(text)


def of_system(error: OSError) -> str:
    """What the system said, in Chinese where it is known."""
    told = _SYSTEM.get(error.errno or 0, error.strerror or str(error))
    return f"{told}：{error.filename}" if error.filename else told


def chinese(text: str) -> str | None:
    """An English reason in Chinese, or None."""
    several = _SETTINGS.split(text)
    if len(several) > 1:
        return "；".join(chinese(one) or one for one in several)
    for pattern, told in _ZH:
        match = pattern.fullmatch(text)
        if match:
            return told.format(*(_part(group or "") for group in match.groups()))
    return verification.chinese(text)


def _part(text: str) -> str:
    """A reason or word within a reason, in Chinese where it is known, as it is where not."""
    return _WORDS.get(text) or chinese(text) or text
