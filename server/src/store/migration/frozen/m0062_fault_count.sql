-- PostgreSQL
CREATE TABLE fault_count (template_id uuid NOT NULL, customer_id uuid NOT NULL, what text NOT NULL, fault integer NOT NULL, users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, what, fault));
CREATE FUNCTION count_fault() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         IF TG_OP <> 'INSERT' THEN
             UPDATE fault_count SET users = users - 1
             WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id
               AND (what = 'attempt' AND fault = OLD.fault OR what = 'mail' AND fault = OLD.mail_fault);
         END IF;
         IF TG_OP <> 'DELETE' THEN
             INSERT INTO fault_count AS counted (template_id, customer_id, what, fault, users)
             SELECT NEW.template_id, NEW.customer_id, failed.what, failed.fault, 1
             FROM (VALUES ('attempt', NEW.fault), ('mail', NEW.mail_fault)) AS failed (what, fault)
             WHERE failed.fault IS NOT NULL
             ON CONFLICT (template_id, customer_id, what, fault) DO UPDATE SET users = counted.users + 1;
         END IF;
         RETURN NULL;
     END $$;
CREATE TRIGGER fault_arrived AFTER INSERT ON subscriber FOR EACH ROW
     WHEN (NEW.fault IS NOT NULL OR NEW.mail_fault IS NOT NULL) EXECUTE FUNCTION count_fault();
CREATE TRIGGER fault_left AFTER DELETE ON subscriber FOR EACH ROW
     WHEN (OLD.fault IS NOT NULL OR OLD.mail_fault IS NOT NULL) EXECUTE FUNCTION count_fault();
CREATE TRIGGER fault_changed AFTER UPDATE OF template_id, customer_id, fault, mail_fault ON subscriber FOR EACH ROW
     WHEN ((OLD.template_id, OLD.customer_id, OLD.fault, OLD.mail_fault)
           IS DISTINCT FROM (NEW.template_id, NEW.customer_id, NEW.fault, NEW.mail_fault))
     EXECUTE FUNCTION count_fault();
INSERT INTO fault_count (template_id, customer_id, what, fault, users)
     SELECT template_id, customer_id, 'attempt', fault, COUNT(*) FROM subscriber WHERE fault IS NOT NULL
     GROUP BY template_id, customer_id, fault
     UNION ALL
     SELECT template_id, customer_id, 'mail', mail_fault, COUNT(*) FROM subscriber WHERE mail_fault IS NOT NULL
     GROUP BY template_id, customer_id, mail_fault;
-- SQLite
CREATE TABLE fault_count (template_id uuid_text NOT NULL, customer_id uuid_text NOT NULL, what text NOT NULL, fault integer NOT NULL, users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, what, fault));
CREATE TRIGGER fault_arrived AFTER INSERT ON subscriber WHEN NEW.fault IS NOT NULL OR NEW.mail_fault IS NOT NULL BEGIN
         INSERT INTO fault_count (template_id, customer_id, what, fault, users)
         SELECT NEW.template_id, NEW.customer_id, 'attempt', NEW.fault, 1 WHERE NEW.fault IS NOT NULL
         UNION ALL
         SELECT NEW.template_id, NEW.customer_id, 'mail', NEW.mail_fault, 1 WHERE NEW.mail_fault IS NOT NULL
         ON CONFLICT (template_id, customer_id, what, fault) DO UPDATE SET users = users + 1;
     END;
CREATE TRIGGER fault_left AFTER DELETE ON subscriber WHEN OLD.fault IS NOT NULL OR OLD.mail_fault IS NOT NULL BEGIN
         UPDATE fault_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id
           AND (what = 'attempt' AND fault = OLD.fault OR what = 'mail' AND fault = OLD.mail_fault);
     END;
CREATE TRIGGER fault_changed AFTER UPDATE OF template_id, customer_id, fault, mail_fault ON subscriber
     WHEN (OLD.template_id, OLD.customer_id, OLD.fault, OLD.mail_fault)
          IS NOT (NEW.template_id, NEW.customer_id, NEW.fault, NEW.mail_fault) BEGIN
         UPDATE fault_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id
           AND (what = 'attempt' AND fault = OLD.fault OR what = 'mail' AND fault = OLD.mail_fault);
         INSERT INTO fault_count (template_id, customer_id, what, fault, users)
         SELECT NEW.template_id, NEW.customer_id, 'attempt', NEW.fault, 1 WHERE NEW.fault IS NOT NULL
         UNION ALL
         SELECT NEW.template_id, NEW.customer_id, 'mail', NEW.mail_fault, 1 WHERE NEW.mail_fault IS NOT NULL
         ON CONFLICT (template_id, customer_id, what, fault) DO UPDATE SET users = users + 1;
     END;
INSERT INTO fault_count (template_id, customer_id, what, fault, users)
     SELECT template_id, customer_id, 'attempt', fault, COUNT(*) FROM subscriber WHERE fault IS NOT NULL
     GROUP BY template_id, customer_id, fault
     UNION ALL
     SELECT template_id, customer_id, 'mail', mail_fault, COUNT(*) FROM subscriber WHERE mail_fault IS NOT NULL
     GROUP BY template_id, customer_id, mail_fault;
