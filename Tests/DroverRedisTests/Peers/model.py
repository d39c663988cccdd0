# The second half of the executable model; the first, with what it is and how to use it, is model_taking.py.
import json, math
from model_taking import Taking
class Model(Taking):
    # 12
    def retry(s,Q,id,now,token,right,fields):
        J=f'{Q}:{id}'; s.promoteDue(Q,now)
        if not s.r.exists(J): return -1
        e=s.unlock(Q,id,token)
        if e: return e
        if fields: s.r.hset(J,mapping=fields)
        if not s.r.lrem(Q+':active',-1,id): return -3
        p=int(s.r.hget(J,'priority') or 0)
        if p==0: s.push(Q,id,right)
        else: s.pushprio(Q,id,p)
        s.r.hincrby(J,'atm',1); s.emitT(Q,'waiting','jobId',id,'prev','active'); return 0
    def toDelayed(s,Q,id,now,token,delay,skip,fields,fo):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        e=s.unlock(Q,id,token)
        if e: return e
        if fields: s.r.hset(J,mapping=fields)
        if not s.r.lrem(Q+':active',-1,id): return -3
        sc,due=s.dscore(Q,now,delay)
        if not skip: s.r.hincrby(J,'atm',1)
        s.r.hset(J,'delay',delay); s.r.zadd(Q+':delayed',{id:sc}); s.emitT(Q,'delayed','jobId',id,'delay',due)
        if fo:
            r=s.fetch(Q,now,fo,True)
            if r and r[0]: return r
        s.setdelay(Q); return 0
    def giveBack(s,Q,id,token):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        e=s.unlock(Q,id,token)
        if e: return e
        if s.r.lrem(Q+':active',1,id):
            p=int(s.r.hget(J,'priority') or 0)
            if p>0: s.r.zadd(Q+':prioritized',{id:p*2**32})
            else: s.push(Q,id,True)
            s.emitT(Q,'waiting','jobId',id,'prev','active')
        t=s.r.pttl(Q+':limiter'); return 'T' if t>0 else 0
    def waitChildren(s,Q,id,now,token,child):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        if s.r.zcard(J+':unsuccessful'): return -9
        if child and not s.r.sismember(J+':dependencies',child): return 1
        if not child and not s.r.scard(J+':dependencies'): return 1
        e=s.unlock(Q,id,token)
        if e: return e
        if not s.r.lrem(Q+':active',-1,id): return -3
        s.r.zadd(Q+':waiting-children',{id:now}); s.emit(Q,'waiting-children','jobId',id,'prev','active'); return 0
    def reprocess(s,Q,id,state,right,ra,rs):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        if not s.r.zrem(Q+':'+state,id): return -3
        f=['finishedOn','processedOn','failedReason' if state=='failed' else 'returnvalue']+(['atm'] if ra else [])+(['ats'] if rs else [])
        s.r.hdel(J,*f); s.push(Q,id,right)
        pk=s.r.hget(J,'parentKey')
        if pk and s.r.exists(pk):
            if state=='failed': x=s.r.zrem(pk+':unsuccessful',J) or s.r.hdel(pk+':failed',J)
            else: x=s.r.hdel(pk+':processed',J)
            if x: s.r.sadd(pk+':dependencies',J)
        s.emitT(Q,'waiting','jobId',id,'prev',state); return 1
    def promote(s,Q,id):
        if not s.r.zrem(Q+':delayed',id): return -3
        p=int(s.r.hget(f'{Q}:{id}','priority') or 0)
        if p==0: s.push(Q,id)
        else: s.pushprio(Q,id,p)
        s.emit(Q,'waiting','jobId',id,'prev','delayed'); s.r.hset(f'{Q}:{id}','delay',0); return 0
    def changeDelay(s,Q,id,now,delay):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        sc,due=s.dscore(Q,now,delay)
        if not s.r.zrem(Q+':delayed',id): return -3
        s.r.hset(J,'delay',delay); s.r.zadd(Q+':delayed',{id:sc}); s.emitT(Q,'delayed','jobId',id,'delay',due); s.setdelay(Q); return 0
    def changePriority(s,Q,id,p,lifo):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        if s.r.zrem(Q+':prioritized',id) or s.r.lrem(Q+':wait',-1,id):
            if p==0: s.push(Q,id,lifo)
            elif lifo: s.r.zadd(Q+':prioritized',{id:p*2**32})
            else: s.pushprio(Q,id,p)
        s.r.hset(J,'priority',p); return 0
    def progress(s,Q,id,v):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        s.r.hset(J,'progress',v); s.emitT(Q,'progress','jobId',id,'data',v); return 0
    def log(s,Q,id,row,k):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        n=s.r.rpush(J+':logs',row)
        if k: s.r.ltrim(J+':logs',-k,-1); return min(k,n)
        return n
    def pending(s,Q,id):
        rjk=s.r.hget(f'{Q}:{id}','rjk')
        if not rjk: return False
        sc=s.r.zscore(Q+':repeat',rjk); return sc is not None and id==f'repeat:{rjk}:{int(sc)}'
    def locked(s,J,deep):
        if s.r.exists(J+':lock'): return True
        return deep and any(s.locked(c,deep) for c in s.r.smembers(J+':dependencies'))
    def removeTree(s,J,pk,children,onlyPending):
        Q,id=s.Q2(J)
        if onlyPending:
            if s.r.exists(J+':lock') or s.r.zscore(Q+':failed',id) is not None: return
        s.detach(J,False,pk)
        if children: s.removeKids(J,onlyPending)
        prev='unknown'
        for z in ('completed','waiting-children','delayed','failed','prioritized'):
            if s.r.zrem(f'{Q}:{z}',id): prev=z; break
        else:
            for l in ('wait','paused','active'):
                if s.r.lrem(f'{Q}:{l}',1,id): prev=l; break
        s.freeRemove(Q,id,s.r.hget(J,'deid'))
        if s.delkeys(J): s.emitT(Q,'removed','jobId',id,'prev',prev)
    def removeKids(s,J,onlyPending):
        if not onlyPending:
            for c in list(s.r.hgetall(J+':processed'))+list(s.r.hgetall(J+':failed'))+s.r.zrange(J+':unsuccessful',0,-1): s.removeTree(c,J,True,False)
        for c in sorted(s.r.smembers(J+':dependencies')): s.removeTree(c,J,True,onlyPending)
    def Q2(s,J):
        for q in s.queues:
            if J.startswith(q+':'): return q,J[len(q)+1:]
        return s.Q(J)
    def remove(s,Q,id,children):
        J=f'{Q}:{id}'
        if s.pending(Q,id): return -8
        if s.locked(J,children): return 0
        s.removeTree(J,None,children,False); return 1
    def removeUnprocessed(s,Q,id): s.removeKids(f'{Q}:{id}',True); return None
    def removeDep(s,Q,id,pk):
        J=f'{Q}:{id}'
        if not s.r.exists(J): return -1
        if not s.r.exists(pk): return -5
        if s.detach(J,False,pk): s.r.hdel(J,'parentKey','parent'); return 0
        return 1
    # 13
    def pause(s,Q): s.r.hset(Q+':meta','paused',1); s.r.delete(Q+':marker'); s.emit(Q,'paused'); return 0
    def resume(s,Q):
        s.r.hdel(Q+':meta','paused'); left=0
        if s.r.exists(Q+':paused'):
            if not s.r.exists(Q+':wait'): s.r.rename(Q+':paused',Q+':wait')
            else:
                ids=s.r.lrange(Q+':paused',0,6999); s.r.rpush(Q+':wait',*ids); s.r.ltrim(Q+':paused',len(ids),-1); left=s.r.llen(Q+':paused')
        if s.r.llen(Q+':wait')+s.r.zcard(Q+':prioritized')>0: s.setbase(Q)
        else: s.setdelay(Q)
        s.emit(Q,'resumed'); return left
    def drain(s,Q,delayed):
        prot={f'repeat:{a}:{int(b)}' for a,b in s.r.zrange(Q+':repeat',0,-1,withscores=True)}
        for l in ('wait','paused'):
            for id in s.r.lrange(f'{Q}:{l}',0,-1):
                if id not in prot: s.deleteJob(Q,id,True,True); s.r.lrem(f'{Q}:{l}',1,id)
        for z in (['delayed'] if delayed else [])+['prioritized']:
            for id in s.r.zrange(f'{Q}:{z}',0,-1):
                if id not in prot: s.deleteJob(Q,id,True,True); s.r.zrem(f'{Q}:{z}',id)
    def clean(s,Q,state,cut,limit):
        out=[]
        def ts(J,*f): 
            for v in s.r.hmget(J,*f):
                if v is not None: return int(v)
            return None
        if state in('wait','paused','active'):
            ids=s.r.lrange(f'{Q}:{state}',-limit if limit else 0,-1)
            for id in ids:
                J=f'{Q}:{id}'
                if state=='active' and s.r.exists(J+':lock'): continue
                if s.pending(Q,id): continue
                t=ts(J,'finishedOn','processedOn','timestamp')
                if t is None or t<=cut: s.deleteJob(Q,id,True,True); s.r.lrem(f'{Q}:{state}',-1,id); out.append(id)
        else:
            fin=state in('completed','failed')
            hi=cut if fin else '+inf'
            ids=s.r.zrangebyscore(f'{Q}:{state}',0,hi,start=0,num=limit) if limit else s.r.zrangebyscore(f'{Q}:{state}',0,hi)
            for id in ids:
                J=f'{Q}:{id}'
                if not fin:
                    if s.pending(Q,id): continue
                    t=ts(J,*(['processedOn','timestamp'] if state=='delayed' else ['timestamp']))
                    if t is not None and t>cut: continue
                s.deleteJob(Q,id,True,True); s.r.zrem(f'{Q}:{state}',id); out.append(id)
        s.emit(Q,'cleaned','count',len(out)); return out
    def moveJobs(s,Q,state,count,limit):
        ids=s.r.zrangebyscore(f'{Q}:{state}',0,limit,start=0,num=count)
        if ids:
            for id in ids:
                if state=='failed': s.r.hdel(f'{Q}:{id}','finishedOn','processedOn','failedReason')
                if state=='completed': s.r.hdel(f'{Q}:{id}','finishedOn','processedOn','returnvalue')
            for id in ids: s.emitT(Q,'waiting','jobId',id,'prev',state)
            s.r.zrem(f'{Q}:{state}',*ids); s.r.lpush(Q+':wait',*ids)
            if not s.paused(Q): s.setbase(Q)
        return 1 if len(ids)>=count else 0
    def obliterate(s,Q,count,force):
        if not s.r.hexists(Q+':meta','paused'): return -1
        act=s.r.lrange(Q+':active',0,count-1)
        if act and not force: return -2
        for id in act: s.r.delete(f'{Q}:{id}:lock')
        for id in act: s.deleteJob(Q,id,True,True); s.r.lrem(Q+':active',1,id)
        count-=len(act)
        if count<=0: return 1
        def z(n,c):
            ids=s.r.zrange(f'{Q}:{n}',0,c-1)
            for id in ids: s.deleteJob(Q,id,True,True); s.r.zrem(f'{Q}:{n}',id)
            return c-len(ids)
        def l(n,c):
            ids=s.r.lrange(f'{Q}:{n}',0,c-1)
            for id in ids: s.deleteJob(Q,id,True,True); s.r.lrem(f'{Q}:{n}',1,id)
            return c-len(ids)
        count=z('delayed',count)
        if count<=0: return 1
        ids=s.r.zrange(Q+':repeat',0,count-1)
        for i in ids: s.r.delete(f'{Q}:repeat:{i}'); s.r.zrem(Q+':repeat',i)
        count-=len(ids)
        if count<=0: return 1
        for f,n in ((z,'completed'),(l,'wait'),(l,'paused'),(z,'prioritized'),(z,'failed')):
            count=f(n,count)
            if count<=0: return 1
        s.r.delete(*[f'{Q}:{k}' for k in('events','delay','stalled-check','stalled','id','pc','marker','meta','metrics:completed','metrics:completed:data','metrics:failed','metrics:failed:data')]); return 0
    # 15
    def nextEvery(s,prev,every,now,offset,start):
        if prev is None:
            if start is not None: n=max(start,now)
            elif offset and offset>0:
                n=now//every*every+offset
                if n<=now: n+=every
            else: n=now
        else:
            n=prev+every
            if n<now:
                a=now//every*every+(offset or 0); n=a if a>now else a+every
        return n,(offset if offset else n-n//every*every)
    def upsert(s,Q,id,nextp,rep,name,data,topts,jopts,now):
        Z=Q+':repeat'; H=f'{Z}:{id}'; s.maxev(Q)
        sc=s.r.zscore(Z,id); prev=None if sc is None else int(sc); every=rep.get('every'); changed=False; nxt=nextp
        given=rep.get('offset'); off2=given or 0
        if every:
            m=prev
            if prev is not None:
                oe=s.r.hget(H,'every')
                if oe is None or int(oe)!=every: m=None; changed=True
            nxt,off2=s.nextEvery(m,every,now,given or 0,rep.get('startDate'))
        replaced=False
        if prev is not None:
            pid=f'repeat:{id}:{prev}'
            if s.r.exists(f'{Q}:{pid}'):
                if s.r.zscore(Q+':delayed',pid) is not None: s.deleteJob(Q,pid,True,True); s.r.zrem(Q+':delayed',pid); replaced=True
                elif s.r.zscore(Q+':prioritized',pid) is not None: s.deleteJob(Q,pid,True,True); s.r.zrem(Q+':prioritized',pid); replaced=True
                else:
                    l='paused' if s.r.hexists(Q+':meta','paused') else 'wait'
                    if s.r.lrem(f'{Q}:{l}',1,pid): s.deleteJob(Q,pid,True,True); replaced=True
        store_off=given
        if replaced:
            if every and not changed: nxt=prev
        else: store_off=off2
        jid=f'repeat:{id}:{nxt}'
        if s.r.exists(f'{Q}:{jid}'):
            if every:
                for _ in range(32):
                    nxt+=every; jid=f'repeat:{id}:{nxt}'
                    if not s.r.exists(f'{Q}:{jid}'): break
                else: return -11
            elif not replaced: return -10
        delay=max(0,nxt-now)
        s.r.zadd(Z,{id:nxt}); h={'name':name}
        for k in('tz','limit','pattern','startDate','endDate','every'):
            if rep.get(k) is not None: h[k]=rep[k]
        if store_off is not None: h['offset']=store_off
        else:
            o=s.r.hget(H,'offset')
            if o is not None: h['offset']=o
        if topts: h['opts']=json.dumps(topts)
        if data!='{}': h['data']=data
        h['ic']=s.r.hget(H,'ic') or 1
        s.r.delete(H); s.r.hset(H,mapping=h)
        s.r.incr(Q+':id'); o={**jopts,'delay':delay,'jobId':jid}
        s.store(Q,jid,name,data,o,now,None,id); s.enqueue(Q,jid,o,now)
        return [jid,delay]
    def nextIter(s,Q,id,nextp,jopts,now,producer):
        Z=Q+':repeat'; H=f'{Z}:{id}'; sc=s.r.zscore(Z,id)
        if sc is None: return None
        prev=int(sc); h=s.r.hgetall(H); every=int(h['every']) if 'every' in h else jopts.get('repeat',{}).get('every'); nxt=nextp
        if every:
            off=int(h['offset']) if 'offset' in h else jopts.get('repeat',{}).get('offset',0)
            nxt,_=s.nextEvery(prev,every,now,off,int(h['startDate']) if 'startDate' in h else None)
        if producer!=f'repeat:{id}:{prev}': return None
        nid=f'repeat:{id}:{nxt}'; 
        if s.r.exists(f'{Q}:{nid}'): s.emitT(Q,'duplicated','jobId',nid); return None
        s.r.zadd(Z,{id:nxt}); s.r.hincrby(H,'ic',1); s.r.incr(Q+':id'); delay=max(0,nxt-now)
        s.maxev(Q)
        o={**jopts,'delay':delay,'jobId':nid}; s.store(Q,nid,h['name'],h.get('data','{}'),o,now,None,id); s.enqueue(Q,nid,o,now); return nid
    def removeSched(s,Q,id):
        Z=Q+':repeat'; sc=s.r.zscore(Z,id)
        if sc is None: return 1
        pid=f'repeat:{id}:{int(sc)}'
        if s.r.zrem(Q+':delayed',pid): s.delkeys(f'{Q}:{pid}'); s.emit(Q,'removed','jobId',pid,'prev','delayed')
        s.r.zrem(Z,id); s.r.delete(f'{Z}:{id}'); return 0
