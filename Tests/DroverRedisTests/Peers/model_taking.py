# An executable model of PROTOCOL.md: every operation as plain Redis commands, no Lua, section numbers in comments.
# It agreed with BullMQ 6.2.0 on the whole key state over about 19,000 random calls (drain's defect and parent cycles left out).
# Use: `Model(redis.Redis(decode_responses=True))`, run the same operations through it and through the store under test,
# each under its own prefix, and compare the dumps of all keys but for stream ids and tokens.
import json, math
class Taking:
    def __init__(s, r): s.r=r
    # helpers
    def Q(s,J): i=J.rfind(':'); return J[:i], J[i+1:]
    def maxev(s,Q):
        v=s.r.hget(Q+':meta','opts.maxLenEvents')
        if v is None: s.r.hset(Q+':meta','opts.maxLenEvents',10000); v=10000
        return int(v)
    def emit(s,Q,*kv): s.r.execute_command('XADD',Q+':events','*','event',*kv)
    def emitT(s,Q,*kv): s.r.execute_command('XADD',Q+':events','MAXLEN','~',s.maxev(Q),'*','event',*kv)
    def trim(s,Q): s.r.execute_command('XTRIM',Q+':events','MAXLEN','~',s.maxev(Q))
    def paused(s,Q):
        p,c=s.r.hmget(Q+':meta','paused','concurrency')
        return p is not None or (c is not None and s.r.llen(Q+':active')>=int(c))
    def setbase(s,Q): s.r.execute_command('ZADD',Q+':marker',0,'0')
    def setdelay(s,Q):
        x=s.r.zrange(Q+':delayed',0,0,withscores=True)
        if x: s.r.execute_command('ZADD',Q+':marker',repr(x[0][1]/4096),'1')
    # 9.1..
    def push(s,Q,id,right=False):
        (s.r.rpush if right else s.r.lpush)(Q+':wait',id)
        if not s.paused(Q): s.setbase(Q)
    def pscore(s,Q,p): c=s.r.incr(Q+':pc'); return p*2**32+c%2**32
    def pushprio(s,Q,id,p):
        s.r.zadd(Q+':prioritized',{id:s.pscore(Q,p)})
        if not s.paused(Q): s.setbase(Q)
    def dscore(s,Q,ts,delay):
        due=ts+delay if delay>0 else ts
        mn=due*4096; mx=mn+4095
        x=s.r.zrevrangebyscore(Q+':delayed',mx,mn,start=0,num=1,withscores=True)
        if not x: sc=mn
        else: sc=int(x[0][1])+1 if x[0][1]<mx else mx
        return sc,due
    def pushdelayed(s,Q,id,ts,delay):
        sc,due=s.dscore(Q,ts,delay); s.r.zadd(Q+':delayed',{id:sc})
        s.emitT(Q,'delayed','jobId',id,'delay',due); s.setdelay(Q)
    def store(s,Q,id,name,data,opts,ts,parent=None,rjk=None):
        h={'name':name,'data':data,'opts':json.dumps(opts),'timestamp':ts,'delay':opts.get('delay',0),'priority':opts.get('priority',0)}
        if parent: h['parentKey']=parent['queueKey']+':'+parent['id']; h['parent']=json.dumps(parent)
        if rjk: h['rjk']=rjk
        if opts.get('de',{}).get('id'): h['deid']=opts['de']['id']
        s.r.hset(Q+':'+id,mapping=h); s.emit(Q,'added','jobId',id,'name',name)
    def enqueue(s,Q,id,opts,ts):
        d=opts.get('delay',0); p=opts.get('priority',0)
        if d!=0: s.pushdelayed(Q,id,ts,d); return
        if p>0: s.pushprio(Q,id,p)
        else: s.push(Q,id,bool(opts.get('lifo')))
        s.emitT(Q,'waiting','jobId',id)
    def unlock(s,Q,id,token):
        if token=='0': return 0
        v=s.r.get(f'{Q}:{id}:lock')
        if v is None: return -2
        if v!=token: return -6
        s.r.delete(f'{Q}:{id}:lock'); s.r.srem(Q+':stalled',id); return 0
    def limit(s,Q,mx):
        if mx is None: return 0
        if int(s.r.get(Q+':limiter') or 0)>=mx:
            t=s.r.pttl(Q+':limiter')
            if t==0: s.r.delete(Q+':limiter')
            if t>0: return t
        return 0
    def promoteDue(s,Q,now):
        ids=s.r.zrangebyscore(Q+':delayed',0,(now+1)*4096-1,start=0,num=1000)
        if not ids: return
        s.r.zrem(Q+':delayed',*ids)
        for id in ids:
            p=int(s.r.hget(f'{Q}:{id}','priority') or 0)
            if p==0: s.r.lpush(Q+':wait',id)
            else: s.r.zadd(Q+':prioritized',{id:s.pscore(Q,p)})
            s.emit(Q,'waiting','jobId',id,'prev','delayed'); s.r.hset(f'{Q}:{id}','delay',0)
        if not s.paused(Q): s.setbase(Q)
    def prepare(s,Q,id,now,o,mx,dur):
        J=f'{Q}:{id}'
        if mx is not None:
            if s.r.incr(Q+':limiter')==1: s.r.pexpire(Q+':limiter',int(abs(dur)))
        if o['token']!='0': s.r.set(J+':lock',o['token'],px=o['lockDuration'])
        s.emit(Q,'active','jobId',id,'prev','waiting')
        s.r.hset(J,'processedOn',now)
        if o.get('name'): s.r.hset(J,'pb',o['name'])
        s.r.hincrby(J,'ats',1); s.setbase(Q)
        return [s.r.hgetall(J),id,0,0]
    def fetch(s,Q,now,o,inner=False):
        m,d=s.r.hmget(Q+':meta','max','duration')
        pz=s.paused(Q)
        s.promoteDue(Q,now)
        lim=o.get('limiter') or {}
        mx=int(m) if m is not None else lim.get('max')
        t=s.limit(Q,mx)
        if t>0: return [0,0,'T',0]
        if pz: return [0,0,0,0]
        dur=lim.get('duration') or (int(d) if d else None)
        id=s.r.rpoplpush(Q+':wait',Q+':active')
        if not id:
            x=s.r.zpopmin(Q+':prioritized')
            if x: id=x[0][0]; s.r.lpush(Q+':active',id)
            else: s.r.delete(Q+':pc')
        if id: return s.prepare(Q,id,now,o,mx,dur)
        x=s.r.zrange(Q+':delayed',0,0,withscores=True)
        if x: return [0,0,0,math.floor(x[0][1]/4096)]
        return None if inner else [0,0,0,0]
    # parents 9.11..
    def releaseParent(s,P,id,now):
        J=f'{P}:{id}'; p,d=s.r.hmget(J,'priority','delay'); p=int(p or 0); d=int(d or 0)
        if d>0:
            due=now+d; s.r.zadd(P+':delayed',{id:due*4096}); s.emit(P,'delayed','jobId',id,'delay',due); s.setdelay(P)
        else:
            if p==0: s.push(P,id,True)
            else: s.pushprio(P,id,p)
            s.emit(P,'waiting','jobId',id,'prev','waiting-children')
    def wakeParent(s,P,pk,id,now):
        if s.r.exists(pk) and s.r.zscore(P+':waiting-children',id) is not None:
            s.r.zrem(P+':waiting-children',id); s.releaseParent(P,id,now)
    def wakeIfDone(s,P,pk,id,now):
        if s.r.scard(pk+':dependencies')==0: s.wakeParent(P,pk,id,now)
    def delkeys(s,J): return s.r.delete(J,J+':logs',J+':dependencies',J+':processed',J+':failed',J+':unsuccessful')
    def detach(s,J,hard,pk=None,base=None):
        deid=s.r.hget(J,'deid')
        if pk is None:
            pk=s.r.hget(J,'parentKey')
            if not pk or not s.r.exists(pk): return False
        if s.r.srem(pk+':dependencies',J)==0: return False
        if s.r.scard(pk+':dependencies')==0:
            P,id=s.Q(pk)
            if s.r.zrem(P+':waiting-children',id)==1:
                if not hard:
                    s.push(P,id,True); s.emit(P,'waiting','jobId',id,'prev','waiting-children')
                elif P==base:
                    s.detach(pk,True,None,base); s.delkeys(pk)
                    if deid: s.r.delete(f'{P}:de:{deid}')   # reference behaviour mentioned in 9.14
                else: s.push(P,id,True)
        return True
    def freeFinish(s,Q,id,d):
        k=f'{Q}:de:{d}'; t=s.r.pttl(k)
        if t==0: s.r.delete(k)
        elif t==-1 and s.r.get(k)==id: s.r.delete(k)
    def freeRemove(s,Q,id,d):
        if d and s.r.get(f'{Q}:de:{d}')==id: s.r.delete(f'{Q}:de:{d}',f'{Q}:dn:{d}')
    def deleteJob(s,Q,id,hard,free):
        J=f'{Q}:{id}'; s.detach(J,hard,None,Q)
        if free: s.freeRemove(Q,id,s.r.hget(J,'deid'))
        s.delkeys(J)
    # 10
    def setD(s,k,x,de):
        if de.get('keepLastIfActive'): s.r.set(k,x)
        elif de.get('ttl',0)>0: s.r.set(k,x,px=de['ttl'])
        else: s.r.set(k,x)
    def postpone(s,Q,de,old,new,name,data,opts,parent,rjk):
        if not de.get('keepLastIfActive') or old not in s.r.lrange(Q+':active',0,-1): return False
        k=f"{Q}:dn:{de['id']}"; s.r.delete(k)
        h={'name':name,'data':data,'opts':json.dumps(opts),'jid':new}
        if parent: h['pk']=parent['queueKey']+':'+parent['id']; h['pd']=json.dumps(parent); h['pdk']=h['pk']+':dependencies'
        if rjk: h['rjk']=rjk
        s.r.hset(k,mapping=h); s.r.persist(f"{Q}:de:{de['id']}")
        s.emitT(Q,'deduplicated','jobId',old,'deduplicationId',de['id'],'deduplicatedJobId',new); return True
    def dedup(s,Q,de,new,name,data,opts,parent,rjk,allowReplace):
        if not de or not de.get('id'): return None
        D=f"{Q}:de:{de['id']}"; ttl=de.get('ttl',0)
        if de.get('replace') and allowReplace:
            old=s.r.get(D)
            if old is None: s.setD(D,new,de); return None
            if s.r.zrem(Q+':delayed',old):
                s.delkeys(f'{Q}:{old}'); s.emit(Q,'removed','jobId',old,'prev','delayed')
                s.emitT(Q,'deduplicated','jobId',new,'deduplicationId',de['id'],'deduplicatedJobId',old)
                if de.get('keepLastIfActive'): s.r.set(D,new)
                elif ttl>0 and not de.get('extend'): s.r.set(D,new,keepttl=True)
                else: s.setD(D,new,de)
                return None
            s.postpone(Q,de,old,new,name,data,opts,parent,rjk); return old
        if ttl>0 and de.get('extend'):
            old=s.r.get(D)
            if old is None: s.setD(D,new,de); return None
            if s.postpone(Q,de,old,new,name,data,opts,parent,rjk): return old
            s.setD(D,old,de); s.emitT(Q,'deduplicated','jobId',old,'deduplicationId',de['id'],'deduplicatedJobId',new); return old
        px=ttl if ttl>0 and not de.get('keepLastIfActive') else None
        if s.r.set(D,new,nx=True,px=px): return None
        old=s.r.get(D)
        if s.postpone(Q,de,old,new,name,data,opts,parent,rjk): return old
        s.emitT(Q,'deduplicated','jobId',old,'deduplicationId',de['id'],'deduplicatedJobId',new); return old
    def add(s,kind,Q,cid,name,data,ts,opts,parent=None):
        pk=parent and parent['queueKey']+':'+parent['id']
        if pk and not s.r.exists(pk): return -5
        c=s.r.incr(Q+':id'); s.maxev(Q)
        id=cid or str(c); J=f'{Q}:{id}'
        if cid and s.r.exists(J):
            old=s.r.hget(J,'parentKey')
            if old is None or old==pk:
                if pk:
                    if s.r.zscore(Q+':completed',id) is not None:
                        s.r.hset(pk+':processed',J,s.r.hget(J,'returnvalue')); s.wakeIfDone(parent['queueKey'],pk,parent['id'],ts)
                    else: s.r.sadd(pk+':dependencies',J)
                    s.r.hset(J,mapping={'parentKey':pk,'parent':json.dumps(parent)})
            elif pk and s.r.exists(old): return -7
            s.emitT(Q,'duplicated','jobId',id); return id
        x=s.dedup(Q,opts.get('de'),id,name,data,opts,parent,None,kind!='parent')
        if x is not None: return x
        s.store(Q,id,name,data,opts,ts,parent)
        if kind=='standard': s.push(Q,id,bool(opts.get('lifo'))); s.emitT(Q,'waiting','jobId',id)
        elif kind=='delayed': s.pushdelayed(Q,id,ts,opts['delay'])
        elif kind=='prioritized': s.pushprio(Q,id,opts['priority']); s.emitT(Q,'waiting','jobId',id)
        else: s.r.zadd(Q+':waiting-children',{id:ts}); s.emitT(Q,'waiting-children','jobId',id)
        if pk: s.r.sadd(pk+':dependencies',J)
        return id
    # 11
    def childFailed(s,parent,J,reason,now):
        P=parent['queueKey']; pk=P+':'+parent['id']; id=parent['id']; dep=pk+':dependencies'
        if parent.get('fpof'):
            if not s.r.srem(dep,J): return
            s.r.zadd(pk+':unsuccessful',{J:now})
            if s.r.exists(pk):
                msg=f'child {J} failed'
                if s.r.zrem(P+':waiting-children',id): s.r.hset(pk,'defa',msg); s.releaseParent(P,id,now)
                elif s.r.zrem(P+':delayed',id): s.r.hset(pk,mapping={'delay':0,'defa':msg}); s.releaseParent(P,id,now)
                elif s.r.zscore(P+':failed',id) is None: s.r.hset(pk,'defa',msg)
        elif parent.get('cpof'):
            if s.r.srem(dep,J): s.r.hset(pk+':failed',J,reason); s.wakeParent(P,pk,id,now)
        elif parent.get('idof'):
            if s.r.srem(dep,J): s.wakeIfDone(P,pk,id,now); s.r.hset(pk+':failed',J,reason)
        elif parent.get('rdof'):
            if s.r.srem(dep,J): s.wakeIfDone(P,pk,id,now)
    def count(s,M,now,size):
        c=s.r.hincrby(M,'count',1)-1; p=s.r.hget(M,'prevTS')
        if p is None: s.r.hset(M,mapping={'prevTS':now,'prevCount':0}); return
        N=min(now//60000-int(p)//60000,size)
        if N<=0: return
        d=c-int(s.r.hget(M,'prevCount')); s.r.lpush(M+':data',d,*([0]*(N-1))); s.r.ltrim(M+':data',0,size-1)
        s.r.hset(M,mapping={'prevCount':c,'prevTS':now})
    def requeue(s,Q,d,now):
        k=f'{Q}:dn:{d}'
        if not s.r.exists(k): return
        h=s.r.hgetall(k); c=s.r.incr(Q+':id'); id=h.get('jid') or str(c); o=json.loads(h['opts'])
        s.setD(f'{Q}:de:{d}',id,o.get('de') or {})
        par=json.loads(h['pd']) if 'pd' in h else None
        s.store(Q,id,h['name'],h['data'],o,now,par,h.get('rjk')); s.enqueue(Q,id,o,now)
        if 'pdk' in h: s.r.sadd(h['pdk'],f'{Q}:{id}')
        s.r.delete(k)
    def finish(s,Q,id,now,target,value,token,keep,attempts,size,fields,fetchopts):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        if target=='completed':
            if s.r.scard(J+':dependencies'): return -4
            if s.r.zcard(J+':unsuccessful'): return -9
        e=s.unlock(Q,id,token)
        if e: return e
        if fields: s.r.hset(J,mapping=fields)
        if not s.r.lrem(Q+':active',-1,id): return -3
        s.trim(Q)
        pk,par,deid=s.r.hmget(J,'parentKey','parent','deid')
        if deid: s.freeFinish(Q,id,deid); s.requeue(Q,deid,now)
        if pk:
            if par: p=json.loads(par)
            else: a,b=s.Q(pk); p={'queueKey':a,'id':b}
            if target=='completed':
                if s.r.srem(pk+':dependencies',J): s.r.hset(pk+':processed',J,value); s.wakeIfDone(p['queueKey'],pk,p['id'],now)
            elif par: s.childFailed(p,J,value,now)
        atm=s.r.hincrby(J,'atm',1)
        cnt=keep.get('count'); age=keep.get('age'); lim=keep.get('limit') or 1000
        prop='returnvalue' if target=='completed' else 'failedReason'
        if cnt!=0:
            Z=Q+':'+target; s.r.zadd(Z,{id:now}); s.r.hset(J,mapping={prop:value,'finishedOn':now})
            if target=='failed': s.r.hdel(J,'defa')
            if age is not None:
                ids=s.r.zrevrangebyscore(Z,now-age*1000,'-inf',start=0,num=lim)
                for x in ids: s.deleteJob(Q,x,False,False)
                if ids: s.r.zrem(Z,*ids)
            if cnt is not None and cnt>0:
                ids=s.r.zrevrange(Z,cnt,-1)
                for x in ids: s.deleteJob(Q,x,False,False)
                if ids: s.r.zrem(Z,*ids)
        else:
            s.delkeys(J)
            if pk: s.detach(J,False,pk)
        s.emit(Q,target,'jobId',id,prop,value,'prev','active')
        if target=='failed' and atm>=attempts: s.emit(Q,'retries-exhausted','jobId',id,'attemptsMade',atm)
        if size: s.count(f'{Q}:metrics:{target}',now,size)
        if fetchopts:
            r=s.fetch(Q,now,fetchopts,True)
            if r is not None: return r
        if s.r.llen(Q+':wait')==0 and s.r.llen(Q+':active')==0 and s.r.zcard(Q+':prioritized')==0: s.emit(Q,'drained')
        return 0
    def stalled(s,Q,mx,now,interval):
        if s.r.exists(Q+':stalled-check'): return []
        s.r.set(Q+':stalled-check',now,px=interval); s.trim(Q); out=[]
        sus=s.r.smembers(Q+':stalled'); s.r.delete(Q+':stalled')
        for id in sorted(sus):
            J=f'{Q}:{id}'
            if not s.r.exists(J+':lock') and s.r.lrem(Q+':active',1,id):
                c=s.r.hincrby(J,'stc',1); rjk=s.r.hget(J,'rjk')
                sched=rjk and (s.r.exists(f'{Q}:repeat:{rjk}') or s.r.zscore(Q+':repeat',rjk) is not None)
                if c>mx and not sched: s.r.hset(J,'defa','job stalled more than allowable limit')
                s.push(Q,id,True); s.emit(Q,'waiting','jobId',id,'prev','active'); s.emit(Q,'stalled','jobId',id); out.append(id)
        a=s.r.lrange(Q+':active',0,-1)
        if a: s.r.sadd(Q+':stalled',*a)
        return out
    def extend(s,Q,id,token,dur):
        if s.r.get(f'{Q}:{id}:lock')==token: s.r.set(f'{Q}:{id}:lock',token,px=dur); s.r.srem(Q+':stalled',id); return 1
        return 0
